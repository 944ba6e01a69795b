import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import {
  isStatementPayloadType,
  parseResourceDescriptor,
  parseStatement,
  parseTimestamp,
  parseTypeUri,
} from './index.ts';

const SHA256 = 'a'.repeat(64);
const subject = { name: 'a.txt', digest: { sha256: SHA256 } };
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [subject],
  predicateType: 'https://example.com/type/v1',
  predicate: { any: 'thing' },
};
const V01 = 'https://in-toto.io/Statement/v0.1';

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const without = (key: string): object =>
  Object.fromEntries(Object.entries(statement).filter(([k]) => k !== key));

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof EdgesealError ? error.code : `untyped ${String(error)}`;
  }
}

describe('parseStatement', () => {
  test.each([
    ['v1', statement],
    ['v0.1', { ...statement, _type: V01 }],
    ['unknown fields', { ...statement, more: 1 }],
    ['two subjects of one name', { ...statement, subject: [subject, subject] }],
    ['a v1 subject without a name', { ...statement, subject: [{ digest: { sha256: SHA256 } }] }],
    [
      'an unknown digest algorithm',
      { ...statement, subject: [{ ...subject, digest: { x: 'ANY', sha256: SHA256 } }] },
    ],
    ['a git commit of SHA-256', { ...statement, subject: [{ ...subject, digest: { gitCommit: SHA256 } }] }],
    ['no predicate', without('predicate')],
    ['a null predicate', { ...statement, predicate: null }],
  ])('accepts %s', (_name, value) => {
    expect(codeOf(() => parseStatement(bytes(value)))).toBeUndefined();
  });

  test('an unset predicate is {}', () => {
    expect(parseStatement(bytes(without('predicate'))).predicate).toEqual({});
  });

  test('keeps the document as it was signed', () => {
    const value = { ...statement, more: 1 };
    expect(parseStatement(bytes(value)).document).toEqual(value);
  });

  const subjects = (value: unknown): object => ({ ...statement, subject: value });
  test.each([
    ['an array', [], 'STATEMENT_INVALID'],
    ['no type', without('_type'), 'STATEMENT_INVALID'],
    ['type v2', { ...statement, _type: 'https://in-toto.io/Statement/v2' }, 'STATEMENT_TYPE_UNSUPPORTED'],
    ['type v0.2', { ...statement, _type: 'https://in-toto.io/Statement/v0.2' }, 'STATEMENT_TYPE_UNSUPPORTED'],
    ['no subject', without('subject'), 'STATEMENT_INVALID'],
    ['an empty list of subjects', subjects([]), 'STATEMENT_INVALID'],
    ['a subject that is null', subjects([null]), 'STATEMENT_INVALID'],
    ['4097 subjects', subjects(Array.from({ length: 4097 }, () => subject)), 'STATEMENT_INVALID'],
    ['a subject without digest', subjects([{ name: 'a', uri: 'pkg:a/b' }]), 'STATEMENT_INVALID'],
    ['an empty digest', subjects([{ name: 'a', uri: 'pkg:a/b', digest: {} }]), 'STATEMENT_INVALID'],
    ['an empty subject', subjects([{}]), 'RESOURCE_DESCRIPTOR_INVALID'],
    [
      'a v0.1 subject without name',
      { ...subjects([{ digest: { sha256: SHA256 } }]), _type: V01 },
      'STATEMENT_INVALID',
    ],
    [
      'an upper-case digest',
      subjects([{ ...subject, digest: { sha256: SHA256.toUpperCase() } }]),
      'DIGEST_INVALID',
    ],
    ['a short digest', subjects([{ ...subject, digest: { sha256: 'aa' } }]), 'DIGEST_INVALID'],
    ['a long digest', subjects([{ ...subject, digest: { sha512: SHA256 } }]), 'DIGEST_INVALID'],
    ['a digest that is a number', subjects([{ ...subject, digest: { sha256: 1 } }]), 'STATEMENT_INVALID'],
    ['no predicate type', without('predicateType'), 'STATEMENT_INVALID'],
    ['a predicate type that is no URI', { ...statement, predicateType: 'provenance' }, 'STATEMENT_INVALID'],
    ['an upper-case authority', { ...statement, predicateType: 'https://SLSA.dev/x' }, 'STATEMENT_INVALID'],
    ['an upper-case scheme', { ...statement, predicateType: 'HTTPS://slsa.dev/x' }, 'STATEMENT_INVALID'],
  ])('refuses %s', (_name, value, code) => {
    expect(codeOf(() => parseStatement(bytes(value)))).toBe(code);
  });

  test.each([
    ['duplicate keys', '{"_type":"x","_type":"y"}', 'JSON_DUPLICATE_KEY'],
    ['broken JSON', '{', 'JSON_SYNTAX'],
    ['a byte order mark', '\ufeff{}', 'UTF8_INVALID'],
  ])('refuses %s', (_name, text, code) => {
    expect(codeOf(() => parseStatement(Buffer.from(text)))).toBe(code);
  });

  test('any JSON in any place is accepted or refused with a reason code', () => {
    const keys = fc.constantFrom('_type', 'subject', 'predicateType', 'predicate');
    fc.assert(
      fc.property(fc.jsonValue(), keys, (value, key) => {
        for (const document of [value, { ...statement, [key]: value }]) {
          expect(codeOf(() => parseStatement(bytes(document))) ?? '').not.toMatch(/^untyped/);
        }
      }),
    );
  });
});

describe('payload type', () => {
  test.each([
    ['application/vnd.in-toto+json', true],
    ['application/vnd.in-toto.provenance+json', true],
    ['application/vnd.in-toto.+json', false],
    ['application/vnd.in-toto.a b+json', false],
    ['application/vnd.in-toto', false],
    ['application/json', false],
    ['', false],
  ])('%s: %s', (type, expected) => expect(isStatementPayloadType(type)).toBe(expected));
});

describe('resource descriptor', () => {
  const where = { code: 'PROVENANCE_INVALID', path: 'materials[0]' } as const;
  test.each([
    ['uri only', { uri: 'git+https://github.com/o/r@refs/heads/ü' }, undefined],
    ['digest only', { digest: { sha1: 'b'.repeat(40) } }, undefined],
    ['content only', { content: 'aGk=' }, undefined],
    ['unset, null and empty are one', { uri: 'pkg:a/b', name: null, digest: {}, content: '' }, undefined],
    ['nothing', {}, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['name only', { name: 'x' }, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['empty digest only', { digest: {} }, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['a uri without scheme', { uri: 'bash' }, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['a uri with a space', { uri: 'https://a b' }, 'RESOURCE_DESCRIPTOR_INVALID'],
    ['bad base64', { content: '*' }, 'BASE64_INVALID'],
    ['uri of a wrong type', { uri: 1 }, 'PROVENANCE_INVALID'],
    ['no object', 'x', 'PROVENANCE_INVALID'],
  ])('%s', (_name, value, code) => expect(codeOf(() => parseResourceDescriptor(value, where))).toBe(code));
});

describe('timestamp', () => {
  const where = { code: 'PROVENANCE_INVALID', path: 't' } as const;
  test.each([
    ['2024-02-29T23:59:59Z', true],
    ['2024-02-29T23:59:59.123456789Z', true],
    ['2023-02-29T00:00:00Z', false],
    ['2023-01-01T24:00:00Z', false],
    ['2023-01-01T00:00:60Z', false],
    ['2023-01-01T00:00:00+00:00', false],
    ['2023-01-01T00:00:00z', false],
    ['2023-01-01', false],
    ['', false],
  ])('%s: %s', (text, valid) => expect(codeOf(() => parseTimestamp(text, where)) === undefined).toBe(valid));
});

describe('type URI', () => {
  const where = { code: 'STATEMENT_INVALID', path: 'predicateType' } as const;
  test.each([
    ['https://slsa.dev/provenance/v1', true],
    ['https://slsa.dev/container-based-build/v0.1?draft', true],
    ['urn:example:x', true],
    ['https://example.com/Upper/Path', true],
    ['https:///x', false],
    ['https:', false],
    ['https://a/%zz', false],
    ['/x', false],
    ['', false],
  ])('%s: %s', (text, valid) => expect(codeOf(() => parseTypeUri(text, where)) === undefined).toBe(valid));
});
