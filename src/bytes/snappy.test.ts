import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { encodeSnappy } from '../../test/release/snappy.ts';
import { decodeSnappy } from './snappy.ts';

const LIMIT = 1024 * 1024;

/** Text that the block holds, or its refusal's code. */
function outcome(block: Uint8Array): string {
  try {
    return Buffer.from(decodeSnappy(block, LIMIT, 'it')).toString('latin1');
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const no = 'SNAPPY_INVALID';

describe('a block, by the format description', () => {
  test.each([
    ['nothing', '00', ''],
    ['a literal', '03 08 616263', 'abc'],
    ['two literals', '03 04 6162 00 63', 'abc'],
    ['a literal, length in 1 octet', '03 f0 02 616263', 'abc'],
    ['a literal, length in 2 octets', '03 f4 0200 616263', 'abc'],
    ['a literal, length in 3 octets', '03 f8 020000 616263', 'abc'],
    ['a literal, length in 4 octets', '03 fc 02000000 616263', 'abc'],
    ['a copy, offset in 11 bits', '08 0c 61626364 01 04', 'abcdabcd'],
    ['a copy, offset in 2 octets', '06 0c 61626364 06 0300', 'abcdbc'],
    ['a copy, offset in 4 octets', '06 0c 61626364 07 03000000', 'abcdbc'],
    ['a copy that reaches into itself', '0d 0c 61626364 15 02', 'abcdcdcdcdcdc'],
    ["the description's own example", '07 08 786162 0e 0200', 'xababab'],
    ['the length in more octets than it takes', '83 80 80 80 00 08 616263', 'abc'],
    // As golang/snappy v0.0.4 encodes them.
    ['20 octets of abcd', '14 0c 61626364 3e 0400', 'abcd'.repeat(5)],
    ['100 octets of A', '64 00 41 fe 0100 8a 0100', 'A'.repeat(100)],
  ])('%s', (_, block, content) => {
    expect(outcome(hex(block))).toBe(content);
  });

  test('a copy whose offset takes the three bits of the tag', () => {
    const literal = Buffer.concat([hex('f4 ff07'), Buffer.from(`x${'y'.repeat(2047)}`)]);
    const block = Buffer.concat([hex('83 10'), literal, hex('e1 ff 00 7a')]);
    expect(outcome(block)).toBe(no);
    const right = Buffer.concat([hex('85 10'), literal, hex('e1 ff 00 7a')]);
    expect(outcome(right)).toBe(`x${'y'.repeat(2051)}z`);
  });

  test.each([
    ['no octet at all', '', no],
    ['a length without end', 'ff', no],
    ['a length of more than 5 octets', '80 80 80 80 80 00', no],
    ['a length of more than 32 bits', '80 80 80 80 10', no],
    ['a length beyond the limit', '80 80 80 80 0f', 'INPUT_TOO_LARGE'],
    ['a length of one more than the limit', '81 80 40', 'INPUT_TOO_LARGE'],
    ['a length that so few octets cannot have', '80 80 40 08 616263', no],
    ['a length, and nothing', '03', no],
    ['a longer content', '02 08 616263', no],
    ['a shorter content', '04 08 616263', no],
    ['a shorter content by a copy', '09 0c 61626364 01 04', no],
    ['a longer content by a copy', '07 0c 61626364 01 04', no],
    ['a literal that is cut off', '03 08 6162', no],
    ['a long literal that is cut off', '03 fc ffffffff 616263', no],
    ['a literal whose length is cut off', '03 f8 0200', no],
    ['a literal whose length is missing', '03 f0', no],
    ['a copy that is cut off', '08 0c 61626364 01', no],
    ['a copy that is cut off, 2 octets', '08 0c 61626364 02 04', no],
    ['a copy that is cut off, 4 octets', '08 0c 61626364 03 040000', no],
    ['a copy of itself', '08 0c 61626364 01 00', no],
    ['a copy from before the beginning', '08 0c 61626364 01 05', no],
    ['a copy from far before the beginning', '08 0c 61626364 0f ffffffff', no],
    ['a copy at the beginning', '04 01 01', no],
    ['octets after the end', '03 08 616263 00 64', no],
    ['a framed stream', 'ff060000734e61507059', no],
    ['JSON', Buffer.from('{"mediaType":"x"}').toString('hex'), no],
  ])('%s is refused', (_, block, code) => {
    expect(outcome(hex(block))).toBe(code);
  });

  test('its whole limit, and no octet more', () => {
    const block = encodeSnappy(Buffer.alloc(1000, 'ab'));
    expect(decodeSnappy(block, 1000, 'it')).toHaveLength(1000);
    expect(() => decodeSnappy(block, 999, 'it')).toThrow('too large');
  });
});

describe('any block', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.array(fc.constantFrom('aaaa', 'abcabc', '{"payload":"', 'x'), { maxLength: 400 }).map(asBytes),
  );
  function asBytes(parts: readonly string[]): Uint8Array {
    return Buffer.from(parts.join(''));
  }

  test('what was written is read', () => {
    fc.assert(
      fc.property(content, (bytes) => {
        expect(Buffer.from(decodeSnappy(encodeSnappy(bytes), LIMIT, 'it')).equals(bytes)).toBe(true);
      }),
    );
  });

  test('cut off anywhere it is refused', () => {
    fc.assert(
      fc.property(content, fc.nat(), (bytes, at) => {
        const block = encodeSnappy(bytes);
        expect(outcome(block.subarray(0, at % block.length))).toBe(no);
      }),
    );
  });

  test('any octets are a content of the length that they say, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(127), (bytes, length) => {
        const found = outcome(Buffer.from([length, ...bytes]));
        expect(found === no || found.length === length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('with an octet changed it is refused, or has the same length', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const block = Buffer.from(encodeSnappy(bytes));
        const index = at % block.length;
        block[index] = (block[index] ?? 0) ^ change;
        const found = outcome(block);
        if (found !== no && found !== 'INPUT_TOO_LARGE') expect(found).toHaveLength(bytes.length);
      }),
    );
  });
});
