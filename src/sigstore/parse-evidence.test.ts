import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { sha256Hex } from '#core/bytes/digest';
import { limits } from '#core/limits';
import { jsonLines, makeEvidence } from '../../test/sigstore/make-evidence.ts';
import { parseEvidence } from './parse-evidence.ts';

const bundle = makeEvidence();
const envelope = makeEvidence({ format: 'envelope' });
const [one, raw] = [bundle.bytes.toString(), envelope.bytes.toString()];
const pretty = JSON.stringify(bundle.json, undefined, 2);

/** The form or the code of each item; a code alone where the file as a whole is refused. */
function outcome(given: string | Uint8Array): unknown {
  try {
    return parseEvidence(Buffer.from(given), 'f').map((item) =>
      item.kind === 'evidence' ? item.evidence.format : item.reason.code,
    );
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

describe('forms of a file', () => {
  test.each<[string, string, unknown]>([
    ['a bundle', one, ['bundle']],
    ['an envelope', raw, ['envelope']],
    ['a final line feed', `${one}\n`, ['bundle']],
    ['white space around', `\n\n  ${one}\r\n\n`, ['bundle']],
    ['over several lines', pretty, ['bundle']],
    ['over several lines with CRLF', pretty.replaceAll('\n', '\r\n'), ['bundle']],
    ['JSON lines', `${one}\n${raw}\n`, ['bundle', 'envelope']],
    ['JSON lines with CRLF', `${one}\r\n${raw}\r\n`, ['bundle', 'envelope']],
    ['JSON lines with empty ones', `\n${one}\n\n\n${raw}`, ['bundle', 'envelope']],
    ['a bad last line', `${one}\n{"x`, ['bundle', 'JSON_SYNTAX']],
    ['a bad line between', `${one}\nx\n${raw}`, ['bundle', 'JSON_SYNTAX', 'envelope']],
    ['a bad first line', `x\n${one}`, ['JSON_SYNTAX', 'bundle']],
    ['a cut first line', `${one.slice(0, 90)}\n${raw}`, ['JSON_SYNTAX', 'envelope']],
    ['a line with a key twice', `${one}\n{"payload":1,"payload":1}`, ['bundle', 'JSON_DUPLICATE_KEY']],
    ['a line that is something else', `${one}\n{"a":1}`, ['bundle', 'EVIDENCE_UNRECOGNISED']],
    ['a line that is an empty list', `${one}\n[]`, ['bundle', 'EVIDENCE_EMPTY']],
    ['a line of no attestations', `{"attestations":[]}\n${one}`, ['EVIDENCE_EMPTY', 'bundle']],
    ['an array', `[${one},${raw}]`, ['bundle', 'envelope']],
    ['an array over several lines', `[\n${one},\n${raw}\n]`, ['bundle', 'envelope']],
    [
      'an array with something else',
      `[${one},7,null,[]]`,
      ['bundle', ...Array.from({ length: 3 }, () => 'EVIDENCE_UNRECOGNISED')],
    ],
    ['a cut array', `[\n${one},\n${raw}\n`, ['JSON_SYNTAX']],
    ['npm’s', `{"attestations":[{"predicateType":"x","bundle":${one}}]}`, ['bundle']],
    ['npm’s without bundle', `{"attestations":[{"predicateType":"x"}]}`, ['EVIDENCE_UNRECOGNISED']],
    [
      'npm’s over several lines',
      JSON.stringify({ attestations: [{ bundle: bundle.json }, { bundle: bundle.json }] }, undefined, 2),
      ['bundle', 'bundle'],
    ],
    ['a half bundle', '{"mediaType":"x"}', ['BUNDLE_VERSION_UNSUPPORTED']],
    ['a half envelope', '{"payload":""}', ['SIGNATURE_MISSING']],
    ['an empty object', '{}', ['EVIDENCE_UNRECOGNISED']],
    ['null', 'null', ['EVIDENCE_UNRECOGNISED']],
    ['a text', '"x"', ['EVIDENCE_UNRECOGNISED']],
    ['a number', '7', ['EVIDENCE_UNRECOGNISED']],
    ['HTML', '<!DOCTYPE html>\n<html></html>', ['JSON_SYNTAX']],
    ['an inherited name', '{"__proto__":{"payload":""}}', ['EVIDENCE_UNRECOGNISED']],
    ['too deep', '['.repeat(9999), ['JSON_TOO_DEEP']],
    ['empty', '', 'EVIDENCE_EMPTY'],
    ['white space', ' \n\r\n\t', 'EVIDENCE_EMPTY'],
    ['an empty array', '[]', 'EVIDENCE_EMPTY'],
    ['no attestations', '{"attestations":[]}', 'EVIDENCE_EMPTY'],
    ['a byte order mark', `\ufeff${one}`, 'UTF8_INVALID'],
  ])('%s', (_, given, expected) => {
    expect(outcome(given)).toEqual(expected);
  });

  test('bytes that are no text', () => {
    expect(outcome(Buffer.from([0x1f, 0x8b, 8, 0, 0xff]))).toBe('UTF8_INVALID');
    expect(outcome(Buffer.from(one, 'utf16le'))).toEqual(['JSON_SYNTAX']);
    expect(outcome(Buffer.alloc(4096))).toEqual(['JSON_SYNTAX']);
  });
});

describe('bounds', () => {
  test('a file', () => {
    expect(outcome(Buffer.alloc(limits.evidenceFile + 1, 0x20))).toBe('INPUT_TOO_LARGE');
    expect(outcome(Buffer.alloc(limits.evidenceFile, 0x20))).toBe('EVIDENCE_EMPTY');
  });
  test('an item', () => {
    const padded = raw.replace('"payload":"', `"payload":"${'AAAA'.repeat(limits.evidenceItem / 4)}`);
    expect(outcome(padded)).toEqual(['INPUT_TOO_LARGE']);
  });
  test('items', () => {
    const lines = (count: number): string => '{"a":1}\n'.repeat(count);
    expect(outcome(lines(limits.evidenceItems + 1))).toBe('EVIDENCE_TOO_MANY');
    expect(outcome(lines(limits.evidenceItems))).toHaveLength(limits.evidenceItems);
    expect(outcome(`[${'1,'.repeat(limits.evidenceItems)}1]`)).toBe('EVIDENCE_TOO_MANY');
    const nested = `{"attestations":[${'{},'.repeat(600)}{}]}`;
    expect(outcome(`${nested}\n${nested}`)).toBe('EVIDENCE_TOO_MANY');
  });
  test('signatures', () => {
    const many = (count: number): string =>
      JSON.stringify({
        payload: '',
        payloadType: 't',
        signatures: Array.from({ length: count }, () => ({ sig: 'AA==' })),
      });
    expect(outcome(many(limits.signatures))).toEqual(['envelope']);
    expect(outcome(many(500))).toEqual(['ENVELOPE_INVALID']);
  });
});

describe('names and digests of items', () => {
  const named = (given: string): unknown =>
    parseEvidence(Buffer.from(given), 'f').map((item) =>
      item.kind === 'evidence' ? [item.evidence.source, item.evidence.digest] : [item.source, item.digest],
    );
  test('of a file: all of its bytes', () => {
    expect(named(`${one}\n`)).toEqual([['f', sha256Hex(`${one}\n`)]]);
  });
  test('of lines: the line', () => {
    expect(parseEvidence(jsonLines(bundle, envelope), 'f')).toHaveLength(2);
    expect(named(`\n${one}\r\n x \n`)).toEqual([
      ['f:2', sha256Hex(one)],
      ['f:3', sha256Hex('x')],
    ]);
  });
  test('of an array: the place', () => {
    expect(named('[1,{"b":1,"a":2}]')).toEqual([
      ['f#1', sha256Hex('1')],
      ['f#2', sha256Hex('{"a":2,"b":1}')],
    ]);
  });
});

test('whatever the bytes, a list of items or one of four refusals', () => {
  const known = ['EVIDENCE_EMPTY', 'EVIDENCE_TOO_MANY', 'INPUT_TOO_LARGE', 'UTF8_INVALID'];
  const check = (given: Uint8Array): void => {
    const result = outcome(given);
    if (!Array.isArray(result)) expect(known).toContain(result);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), check));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'{}[]":,\n 1', 'payload', one), maxLength: 10 }),
      (text) => check(Buffer.from(text)),
    ),
  );
});
