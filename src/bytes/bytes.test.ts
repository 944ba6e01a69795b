import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { fromBase64, fromBase64Either, fromBase64Protobuf, toBase64 } from './base64.ts';
import { digest, equalBytes, sha256Hex } from './digest.ts';
import { fromHex, toHex } from './hex.ts';
import { release } from './release.ts';
import { decodeUtf8 } from './utf8.ts';

/** Hex of what a reader made, or its refusal's code. */
function outcome(read: () => Uint8Array | string): string {
  try {
    const value = read();
    return typeof value === 'string' ? value : toHex(value);
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

describe('base64 (RFC 4648)', () => {
  const no = 'BASE64_INVALID';
  // text: standard and canonical; either alphabet; protobuf JSON
  test.each([
    ['', '', '', ''],
    ['Zg==', '66', '66', '66'],
    ['Zm8=', '666f', '666f', '666f'],
    ['Zm9v', '666f6f', '666f6f', '666f6f'],
    ['Zg', no, no, '66'],
    ['Zm8', no, no, '666f'],
    ['Zg=', no, no, no],
    ['Zg===', no, no, no],
    ['Z', no, no, no],
    ['=', no, no, no],
    ['====', no, no, no],
    ['Zh==', no, no, no], // stray bits
    ['Zm9=', no, no, no],
    ['Zh', no, no, no],
    ['+/+/', 'fbffbf', 'fbffbf', 'fbffbf'],
    ['-_-_', no, 'fbffbf', 'fbffbf'],
    ['-_+/', no, no, no],
    ['-_8=', no, 'fbff', 'fbff'],
    ['-_8', no, no, 'fbff'],
    ['Zm 9v', no, no, no],
    ['Zm9v\n', no, no, '666f6f'],
    ['Zm\r\n9v', no, no, '666f6f'],
    ['Zm\r9v', no, no, no],
    ['!!Zm9v', no, no, no],
    ['Zm9v!', no, no, no],
    ['Zg==Zg==', no, no, no],
    ['Zm9v\u0000', no, no, no],
    ['Zm9\u00ef', no, no, no],
  ])('%j', (text, standard, either, protobuf) => {
    expect(outcome(() => fromBase64(text))).toBe(standard);
    expect(outcome(() => fromBase64Either(text))).toBe(either);
    expect(outcome(() => fromBase64Protobuf(text))).toBe(protobuf);
  });

  test('a refusal shows where, and no more of the text than a line', () => {
    const long = `!${'A'.repeat(10_000)}`;
    expect(() => fromBase64(long, 'a.b')).toThrow(
      expect.objectContaining({
        reason: expect.objectContaining({ path: 'a.b', found: expect.stringMatching(/^.{1,80}$/) }),
      }),
    );
  });

  test('what was written is read, by each reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64(bytes);
        for (const read of [fromBase64, fromBase64Either, fromBase64Protobuf])
          expect(equalBytes(read(text), bytes)).toBe(true);
        const url = Buffer.from(bytes).toString('base64url');
        expect(equalBytes(fromBase64Protobuf(url), bytes)).toBe(true);
      }),
    );
  });

  test('each text is the one spelling of its bytes, or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABgw+/-_= \n'), maxLength: 12 }), (text) => {
        const read = outcome(() => fromBase64(text));
        if (read !== no) expect(Buffer.from(read, 'hex').toString('base64')).toBe(text);
      }),
    );
  });

  test('a part of a larger buffer', () => {
    expect(toBase64(Buffer.from('xfoox').subarray(1, 4))).toBe('Zm9v');
  });
});

describe('hex', () => {
  test.each([
    ['', ''],
    ['00ff', '00ff'],
    ['0', 'HEX_INVALID'],
    ['0G', 'HEX_INVALID'],
    ['FF', 'HEX_INVALID'],
    ['ff\n', 'HEX_INVALID'],
    [' ff ', 'HEX_INVALID'],
    ['\u0666\u0666', 'HEX_INVALID'],
  ])('%j', (text, expected) => {
    expect(outcome(() => fromHex(text))).toBe(expected);
  });
});

describe('UTF-8 (RFC 3629)', () => {
  const no = 'UTF8_INVALID';
  test.each([
    ['', ''],
    ['61c3a9e282acf09f9880', 'aé€😀'],
    ['61efbbbf', 'a\ufeff'],
    ['efbbbf61', no], // byte order mark
    ['fffe6100', no],
    ['ff', no],
    ['80', no],
    ['c3', no],
    ['c080', no], // overlong
    ['e080af', no],
    ['f0808080', no],
    ['eda080', no], // surrogates
    ['edb080', no],
    ['f4908080', no], // beyond U+10FFFF
    ['f8888080', no],
    ['616263c3', no],
    ['efbfbf', '\uffff'],
  ])('%s', (hex, expected) => {
    expect(outcome(() => decodeUtf8(Buffer.from(hex, 'hex')))).toBe(expected);
  });

  test('what was written is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        fc.pre(!text.startsWith('\ufeff'));
        expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
      }),
    );
  });

  test('any bytes are text that writes them, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const read = outcome(() => decodeUtf8(bytes));
        if (read !== no) expect(Buffer.from(read)).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('digests', () => {
  test.each([
    ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'sha384',
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    ],
    [
      'sha512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ] as const)('%s of FIPS 180-4’s "abc"', (algorithm, expected) => {
    expect(toHex(digest(algorithm, Buffer.from('abc')))).toBe(expected);
  });
  test('of a text', () => {
    expect(sha256Hex('é')).toBe(sha256Hex(Buffer.from('é', 'utf8')));
  });
  test.each([
    ['', '', true],
    ['00', '00', true],
    ['00', '01', false],
    ['00', '0000', false],
  ])('%j equals %j: %s', (a, b, expected) => {
    expect(equalBytes(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'))).toBe(expected);
  });
});

describe('release', () => {
  test('bytes that have their memory to themselves are empty afterwards', () => {
    const bytes = new Uint8Array(1000);
    release(bytes);
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0]);
  });
  test.each([
    ['a part of others', (whole: Uint8Array<ArrayBuffer>) => whole.subarray(1)],
    ['its beginning', (whole: Uint8Array<ArrayBuffer>) => whole.subarray(0, 3)],
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(4))],
  ])('%s stays', (_, part) => {
    const whole = Uint8Array.of(1, 2, 3, 4);
    const bytes = part(whole);
    const { length } = bytes;
    release(bytes);
    expect([bytes.length, [...whole]]).toEqual([length, [1, 2, 3, 4]]);
  });
});
