import { BuiltinError } from './builtin.ts';

const bad = (): BuiltinError => new BuiltinError('cannot parse the time');

/** Go's integer of a piece of a time: a sign may precede it, and digits may be absent. */
function atoi(text: string): number {
  const match = /^([-+]?)([0-9]*)$/.exec(text);
  if (match === null) throw bad();
  return Number(match[2]) * (match[1] === '-' ? -1 : 1);
}

/** Consumes the text of a time from its start. Each method throws where the text does not fit. */
export class TimeReader {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  #take(length: number): string {
    if (this.#rest.length < length) throw bad();
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  #match(pattern: RegExp): string {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) throw bad();
    return this.#take(found.length);
  }

  /** The layout's plain text: spaces in it stand for any number of spaces, none too. */
  skip(prefix: string): void {
    for (const piece of prefix.includes(' ') ? prefix.split(/( +)/) : [prefix]) {
      if (!piece.startsWith(' ')) {
        if (this.#take(piece.length) !== piece) throw bad();
        continue;
      }
      if (this.#rest !== '' && !this.#rest.startsWith(' ')) throw bad();
      this.#rest = this.#rest.replace(/^ +/, '');
    }
  }

  expectEnd(): void {
    if (this.#rest !== '') throw bad();
  }

  optional(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false;
    this.#take(text.length);
    return true;
  }

  optionalSpaces(most: number): void {
    for (let i = 0; i < most; i++) this.optional(' ');
  }

  oneOf<T extends string>(texts: readonly T[]): T {
    const found = texts.find((text) => this.#rest.startsWith(text));
    if (found === undefined) throw bad();
    this.#take(found.length);
    return found;
  }

  inRange(value: number, least: number, most: number): number {
    if (value < least || value > most) throw new BuiltinError('a part of the time is out of range');
    return value;
  }

  /** One or two digits, just two where `fixed`. */
  twoDigits(fixed: boolean): number {
    return Number(this.#match(fixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/));
  }

  threeDigits(fixed: boolean): number {
    return Number(this.#match(fixed ? /^[0-9]{3}/ : /^[0-9]{1,3}/));
  }

  signedInteger(length: number): number {
    return atoi(this.#take(length));
  }

  longYear(): number {
    return Number(this.#match(/^[0-9]{4}/));
  }

  /** The place of a name, or of its first `length` letters, in any letter case. */
  nameOf(names: readonly string[], length: number): number {
    for (const [i, name] of names.entries()) {
      const text = name.slice(0, length);
      const isSame = new RegExp(`^${text}`, 'i').test(this.#rest);
      if (!isSame) continue;
      this.#take(text.length);
      return i;
    }
    throw bad();
  }

  /** Nanoseconds of `.000` (as many places) or `.999` (any number, or nothing). */
  fraction(token: string): number | undefined {
    if (token.charAt(1) === '9') return this.unexpectedFraction();
    return this.#nanoseconds(this.#take(token.length));
  }

  /** A fraction behind the seconds that the layout does not have. */
  unexpectedFraction(): number | undefined {
    if (!/^[.,][0-9]/.test(this.#rest)) return undefined;
    return this.#nanoseconds(this.#match(/^[.,][0-9]+/));
  }

  #nanoseconds(text: string): number {
    if (!/^[.,]/.test(text)) throw bad();
    const places = text.slice(1, 10);
    const value = atoi(places);
    if (value < 0) throw new BuiltinError('fractional second out of range');
    return value * 10 ** (9 - places.length);
  }

  /** Seconds east of UTC. */
  offset(token: string): number {
    // of the same length as the token, it has colons where the token has them
    const pieces = /^([-+])([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2}))?)?$/.exec(this.#take(token.length));
    if (pieces === null) throw bad();
    const [, sign, hours = '', minutes = '00', seconds = '00'] = pieces;
    const hour = this.inRange(Number(hours), 0, 24);
    const total = (hour * 60 + this.inRange(Number(minutes), 0, 60)) * 60;
    const offset = total + this.inRange(Number(seconds), 0, 60);
    return sign === '-' ? -offset : offset;
  }

  /** A zone's short name: three to five capitals, some exceptions, or a signed hour. */
  zoneName(): string {
    const known = /^(?:ChST|MeST)/.exec(this.#rest)?.[0];
    if (known !== undefined) return this.#take(known.length);
    if (this.#rest.startsWith('GMT')) return this.#take(3 + signedHourLength(this.#rest.slice(3)));
    if (/^[-+]/.test(this.#rest)) return this.#signedHour();
    const capitals = this.#rest.slice(0, 6).replace(/[^A-Z].*$/s, '');
    const isName =
      capitals.length === 3 ||
      (capitals.length === 4 && (capitals.endsWith('T') || capitals === 'WITA')) ||
      (capitals.length === 5 && capitals.endsWith('T'));
    if (!isName) throw bad();
    return this.#take(capitals.length);
  }

  #signedHour(): string {
    const length = signedHourLength(this.#rest);
    if (length === 0 || this.#rest.length < 3) throw bad();
    return this.#take(length);
  }
}

const signedHourLength = (text: string): number => {
  const match = /^[-+]([0-9]+)/.exec(text);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
};
