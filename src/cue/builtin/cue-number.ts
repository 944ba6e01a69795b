/** Numbers in CUE's own syntax given as texts, as strconv.ParseNumber reads them: with what it lets pass. */

import { multiply } from '../number/arithmetic.ts';
import { type Decimal, fromInteger, isIntegral } from '../number/decimal.ts';
import { toInteger } from '../number/integer.ts';
import { BuiltinError } from './builtin.ts';

const POWERS = 'KMGTP';
const DIGITS = '0123456789abcdef';
const PLAIN = /^-?(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:e([+-]?[0-9]{1,5}))?$/;
const MAX_LENGTH = 100_000;

const invalid = (): BuiltinError => new BuiltinError('invalid number');

/** @throws BuiltinError, `unsupported` where CUE's answer is an accident */
export function parseCueNumber(text: string): Decimal {
  if (text === '') throw invalid();
  if (text.length > MAX_LENGTH) throw new BuiltinError('a number with so many digits', 'limit');
  return new NumberReader(text.replaceAll(/\P{ASCII}/gu, '\x80\x80')).read();
}

/** Reads octets; the last one is taken without a look whether the number ends before it. */
class NumberReader {
  readonly #text: string;
  #at = 0;
  #char = '';
  #read = '';

  constructor(text: string) {
    this.#text = text;
  }

  read(): Decimal {
    this.#next();
    const isNegative = this.#char === '-';
    if (isNegative) this.#read += '-';
    if (isNegative || this.#char === '+') this.#next();
    const value = this.#number();
    if (this.#at < this.#text.length) throw invalid();
    return isNegative && value.coefficient === 0n ? { ...value, negativeZero: true } : value;
  }

  #next(): void {
    this.#char = this.#text.charAt(this.#at);
    if (this.#at < this.#text.length) this.#at++;
    if (this.#char === '.') this.#read += this.#read === '' ? '0.' : '.';
  }

  #isOneOf(chars: string): boolean {
    return this.#char !== '' && chars.includes(this.#char);
  }

  #number(): Decimal {
    if (this.#char === '.') {
      this.#next();
      if (!this.#mantissa(10)) throw invalid();
      return this.#exponent();
    }
    if (this.#char === '0') return this.#afterZero();
    if (!this.#mantissa(10)) throw invalid();
    return this.#fraction();
  }

  #afterZero(): Decimal {
    this.#next();
    const base = { x: 16, X: 16, b: 2, o: 8 }[this.#char];
    if (base !== undefined) {
      this.#next();
      if (!this.#mantissa(base)) throw invalid();
      return this.#integer(base);
    }
    this.#mantissa(8);
    if (this.#isOneOf('89')) {
      this.#mantissa(10);
      if (!this.#isOneOf('.eE')) throw invalid();
    }
    if (this.#isOneOf('eE')) {
      if (this.#read === '') this.#read = '0';
      return this.#fraction();
    }
    if (this.#char === '.') return this.#fraction();
    return this.#read === '' ? fromInteger(0n) : this.#integer(8);
  }

  #integer(base: number): Decimal {
    const digits = this.#read.replace('-', '').toLowerCase();
    let value = 0n;
    for (const digit of digits) value = value * BigInt(base) + BigInt(DIGITS.indexOf(digit));
    return fromInteger(this.#read.startsWith('-') ? -value : value);
  }

  #fraction(): Decimal {
    if (this.#char === '.') {
      this.#next();
      this.#mantissa(10);
    }
    return this.#exponent();
  }

  #exponent(): Decimal {
    const power = this.#char === '' ? -1 : POWERS.indexOf(this.#char);
    if (power >= 0) return this.#multiplied(power + 1);
    if (this.#isOneOf('eE')) {
      this.#next();
      this.#read += 'e';
      if (this.#isOneOf('+-')) {
        this.#read += this.#char;
        this.#next();
      }
      if (!this.#mantissa(10)) throw invalid();
    }
    return this.#decimal();
  }

  #multiplied(power: number): Decimal {
    this.#next();
    const isBinary = this.#char === 'i';
    if (isBinary) this.#next();
    const product = multiply(this.#decimal(), fromInteger((isBinary ? 1024n : 1000n) ** BigInt(power)));
    if (!isIntegral(product)) throw new BuiltinError('number cannot be represented as int');
    return fromInteger(toInteger(product));
  }

  #decimal(): Decimal {
    const found = PLAIN.exec(this.#read);
    if (found === null) throw new BuiltinError('a number with two points or a great exponent', 'unsupported');
    const [, whole = '', fraction = '', only = '', exponent = '0'] = found;
    const digits = BigInt(whole + fraction + only);
    return {
      coefficient: this.#read.startsWith('-') ? -digits : digits,
      exponent: Number(exponent) - fraction.length - only.length,
    };
  }

  /** Digits, with underscores among them. */
  #mantissa(base: number): boolean {
    let hasDigit = false;
    let last = '';
    while (this.#isDigit(base)) {
      if (this.#char !== '_') {
        this.#read += this.#char;
        hasDigit = true;
      }
      last = this.#char;
      this.#next();
    }
    if (last === '_') throw invalid();
    return hasDigit;
  }

  #isDigit(base: number): boolean {
    if (this.#char === '' || this.#char === '_') return this.#char === '_';
    const value = DIGITS.indexOf(this.#char.toLowerCase());
    return value >= 0 && value < base;
  }
}
