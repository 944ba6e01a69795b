import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { quickJson } from './quick.ts';
import type { JsonValue } from './value.ts';

// oxlint-disable-next-line no-control-regex -- RFC 8259 section 7 forbids them unescaped
const NEEDS_CARE = /[\\\u0000-\u001f]/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Strict JSON (RFC 8259, I-JSON's unique keys): no duplicate key, no lone surrogate, no trailing text,
 * bounded depth. See {@link JsonValue} for numbers. What V8's parser reads alike it reads; the rest, and all faults, go the
 * slow way.
 * @param name the document's name, for messages
 * @throws JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_TOO_DEEP
 */
export function parseJson(text: string, name = 'the document'): JsonValue {
  return quickJson(text) ?? new Parser(text, name).document();
}

/**
 * As {@link parseJson}, from bytes.
 * @throws UTF8_INVALID and what parseJson throws
 */
export function parseJsonBytes(bytes: Uint8Array, name = 'the document'): JsonValue {
  return parseJson(decodeUtf8(bytes, name), name);
}

class Parser {
  readonly #text: string;
  readonly #name: string;
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('the end of the document');
    return value;
  }

  #value(depth: number): JsonValue {
    this.#space();
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object(depth + 1);
      case 0x5b:
        return this.#array(depth + 1);
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonValue {
    if (depth > limits.jsonDepth) this.#tooDeep();
    const object: Record<string, JsonValue> = {};
    this.#at++;
    this.#space();
    if (this.#take(0x7d)) return object;
    for (;;) {
      if (this.#text.charCodeAt(this.#at) !== 0x22) this.#fail('a key');
      const start = this.#at;
      const key = this.#string();
      if (Object.hasOwn(object, key)) this.#duplicate(key, start);
      this.#space();
      if (!this.#take(0x3a)) this.#fail('":"');
      const value = this.#value(depth);
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      } else object[key] = value;
      this.#space();
      if (this.#take(0x7d)) return object;
      if (!this.#take(0x2c)) this.#fail('"," or "}"');
      this.#space();
    }
  }

  #array(depth: number): JsonValue {
    if (depth > limits.jsonDepth) this.#tooDeep();
    const array: JsonValue[] = [];
    this.#at++;
    this.#space();
    if (this.#take(0x5d)) return array;
    for (;;) {
      array.push(this.#value(depth));
      this.#space();
      if (this.#take(0x5d)) return array;
      if (!this.#take(0x2c)) this.#fail('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf('"', start);
    if (end < 0) this.#fail('a closing quotation mark', this.#text.length);
    const plain = this.#text.slice(start, end);
    if (!NEEDS_CARE.test(plain)) {
      this.#at = end + 1;
      if (!plain.isWellFormed()) this.#fail('paired surrogates', start);
      return plain;
    }
    return this.#escaped(start);
  }

  #escaped(start: number): string {
    let out = '';
    let from = start;
    for (let i = start; ; i++) {
      const code = this.#text.charCodeAt(i);
      if (Number.isNaN(code)) this.#fail('a closing quotation mark', i);
      if (code < 0x20) this.#fail('no unescaped control character', i);
      if (code === 0x22) {
        out += this.#text.slice(from, i);
        this.#at = i + 1;
        if (!out.isWellFormed()) this.#fail('paired surrogates', start);
        return out;
      }
      if (code !== 0x5c) continue;
      out += this.#text.slice(from, i);
      const kind = this.#text[++i] ?? '';
      const simple = Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined;
      if (simple !== undefined) out += simple;
      else {
        const hex = this.#text.slice(i + 1, i + 5);
        if (kind !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail('an escape sequence', i - 1);
        out += String.fromCharCode(Number.parseInt(hex, 16));
        i += 4;
      }
      from = i + 1;
    }
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail('a value');
    const value = Number(match[0]);
    if (!Number.isFinite(value)) this.#fail('a number within the range of a double');
    this.#at = NUMBER.lastIndex;
    const isInteger = match[1] === undefined && match[2] === undefined;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(match[0]) : value;
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('a value');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #tooDeep(): never {
    return refuse('JSON_TOO_DEEP', `${this.#name} nests too deeply`, {
      expected: `at most ${limits.jsonDepth} levels`,
      at: { file: this.#name, ...lineAndColumn(this.#text, this.#at) },
    });
  }

  #duplicate(key: string, offset: number): never {
    return refuse('JSON_DUPLICATE_KEY', `${this.#name} has a key twice in one object`, {
      found: JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}...` : key),
      at: { file: this.#name, ...lineAndColumn(this.#text, offset) },
      hint: 'readers disagree on which of the two counts, so neither does',
    });
  }

  #fail(expected: string, offset: number = this.#at): never {
    const found = this.#text[offset];
    return refuse('JSON_SYNTAX', `${this.#name} is not JSON`, {
      expected,
      found: found === undefined ? 'the end of the text' : JSON.stringify(found),
      at: { file: this.#name, ...lineAndColumn(this.#text, offset) },
    });
  }
}

/** Line and column (from 1) of an offset in UTF-16 code units. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: offset - start + 1 };
}
