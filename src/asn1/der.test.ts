import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { limits } from '#core/limits';
import { write } from '../../test/sigstore/material.ts';
import { DerReader, explicit, implicit, readDer, tags, type DerElement } from './der.ts';
import {
  readBitString,
  readBoolean,
  readInteger,
  readNamedBits,
  readNull,
  readOid,
  readSmallInteger,
  readText,
  readTime,
} from './values.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function outcome(read: () => unknown): unknown {
  try {
    const value = read();
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const no = 'DER_INVALID';

describe('tag, length, value (X.690 sections 8.1 and 10.1)', () => {
  test.each([
    ['04 00', ''],
    ['04 01 ff', 'ff'],
    ['04 7f' + '00'.repeat(127), '00'.repeat(127)],
    ['04 81 80' + '00'.repeat(128), '00'.repeat(128)],
    ['04 82 0100' + '00'.repeat(256), '00'.repeat(256)],
    ['', no],
    ['04', no],
    ['04 01', no],
    ['04 02 00', no],
    ['04 80 00 00', no], // indefinite length
    ['30 80 04 00 00 00', no],
    ['04 81 00', no], // longer than needed
    ['04 81 7f' + '00'.repeat(127), no],
    ['04 82 00 80' + '00'.repeat(128), no],
    ['04 83 00 01 00' + '00'.repeat(256), no],
    ['04 84 00 00 00 01 00', no],
    ['04 84 ff ff ff ff 00', no],
    ['04 85 01 00 00 00 00', no],
    ['04 ff', no],
    ['04 81', no],
    ['04 82 01', no],
    ['1f 01 00', no], // tag number 31 and above
    ['7f 20 00', no],
    ['bf 81 00 00', no],
    ['04 00 00', no], // trailing octet
    ['04 00 04 00', no],
  ])('%s', (hex, contents) => {
    expect(outcome(() => readDer(bytes(hex)).contents)).toBe(contents);
  });

  test('another tag than expected', () => {
    expect(() => readDer(bytes('04 00'), tags.sequence)).toThrow(
      expect.objectContaining({
        code: no,
        reason: expect.objectContaining({ expected: 'tag 0x30', found: 'tag 0x4' }),
      }),
    );
  });
  test('constructed and primitive are two tags', () => {
    expect(outcome(() => readDer(bytes('24 03 04 01 00'), tags.octetString))).toBe(no);
    expect(outcome(() => readDer(bytes('04 03 04 01 00')).children())).toBe(no);
    expect(outcome(() => readDer(bytes('80 00')).children())).toBe(no);
    expect([implicit(6), explicit(3)]).toEqual([0x86, 0xa3]);
  });
  test('an inner length that leaves its parent', () => {
    expect(outcome(() => readDer(bytes('30 03 04 02 00 00 00').subarray(0, 5)).children().next())).toBe(no);
    const outer = new DerReader(bytes('30 02 04 01 ff')).next();
    expect(outcome(() => outer.children().next())).toBe(no);
    const short = new DerReader(bytes('30 01 04 00')).next();
    expect(outcome(() => short.children().next())).toBe(no);
  });
  test('consecutive elements', () => {
    const reader = new DerReader(bytes('02 01 01 05 00 04 01 aa'));
    expect(reader.peek()).toBe(tags.integer);
    expect(reader.optional(tags.null)).toBeUndefined();
    expect(readSmallInteger(reader.next())).toBe(1);
    expect(reader.optional(tags.null)?.encoded).toEqual(bytes('05 00'));
    expect(outcome(() => reader.end())).toBe(no);
    expect(reader.next(tags.octetString).contents).toEqual(bytes('aa'));
    expect([reader.done, reader.peek()]).toEqual([true, -1]);
    expect(outcome(() => reader.next())).toBe(no);
    reader.end();
  });
  test('depth', () => {
    const nested = (levels: number): Buffer => {
      let value: Buffer = Buffer.alloc(0);
      for (let i = 0; i < levels; i++) value = write.sequence(value);
      return value;
    };
    const descend = (der: Buffer): unknown => {
      let element: DerElement | undefined = readDer(der);
      while (element !== undefined) {
        const inner: DerReader = element.children();
        element = inner.done ? undefined : inner.next();
      }
      return 'read';
    };
    expect(outcome(() => descend(nested(limits.derDepth)))).toBe('read');
    expect(outcome(() => descend(nested(limits.derDepth + 2)))).toBe(no);
  });
  test('any octets are one element that writes them, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (octets) => {
        const read = outcome(() => {
          const { tag, contents } = readDer(octets);
          return write.tlv(tag, contents);
        });
        if (read !== no) expect(read).toBe(Buffer.from(octets).toString('hex'));
      }),
    );
  });
});

describe('values', () => {
  const value = (read: (element: DerElement) => unknown, hex: string): unknown =>
    outcome(() => read(readDer(bytes(hex))));

  test.each([
    ['01 01 ff', true],
    ['01 01 00', false],
    ['01 01 01', no],
    ['01 00', no],
    ['01 02 ff ff', no],
    ['02 01 ff', no],
  ])('BOOLEAN %s', (hex, expected) => {
    expect(value(readBoolean, hex)).toBe(expected);
  });

  test.each([
    ['05 00', undefined],
    ['05 01 00', no],
    ['04 00', no],
  ])('NULL %s', (hex, expected) => {
    expect(value(readNull, hex)).toBe(expected);
  });

  test.each([
    ['02 01 00', '00', 0],
    ['02 01 7f', '7f', 127],
    ['02 02 00 80', '0080', 128],
    ['02 01 80', '80', no],
    ['02 01 ff', 'ff', no],
    ['02 06 7f ff ff ff ff ff', '7fffffffffff', 140737488355327],
    ['02 07 01 00 00 00 00 00 00', '01000000000000', no],
    ['02 00', no, no],
    ['02 02 00 7f', no, no],
    ['02 02 ff 80', no, no],
    ['02 02 ff 7f', 'ff7f', no],
    ['0a 01 00', no, no],
  ])('INTEGER %s', (hex, octets, small) => {
    expect(value(readInteger, hex)).toBe(octets);
    expect(value(readSmallInteger, hex)).toBe(small);
  });

  const bits = (text: string): boolean[] => [...text].map((bit) => bit === '1');
  test.each<[string, string, unknown]>([
    ['03 01 00', '', []],
    ['03 02 00 ff', 'ff', bits('11111111')],
    ['03 02 07 80', no, bits('1')],
    ['03 02 01 06', no, bits('0000011')],
    ['03 03 07 00 80', no, bits('000000001')],
    ['03 02 00 06', '06', no], // named bits end in a one
    ['03 02 00 00', '00', no],
    ['03 02 07 81', no, no], // unused bits are zero
    ['03 02 08 00', no, no],
    ['03 01 01', no, no],
    ['03 00', no, no],
    ['04 02 00 ff', no, no],
  ])('BIT STRING %s', (hex, octets, named) => {
    expect(value(readBitString, hex)).toBe(octets);
    expect(value(readNamedBits, hex)).toEqual(named);
  });

  test.each([
    ['06 03 2a 03 04', '1.2.3.4'],
    ['06 01 00', '0.0'],
    ['06 01 27', '0.39'],
    ['06 01 28', '1.0'],
    ['06 01 4f', '1.39'],
    ['06 01 50', '2.0'],
    ['06 02 88 37', '2.999'],
    ['06 0a 2b 06 01 04 01 83 bf 30 01 08', '1.3.6.1.4.1.57264.1.8'],
    ['06 00', no],
    ['06 01 80', no],
    ['06 02 80 01', no],
    ['06 03 2a 80 01', no],
    ['06 02 2a 86', no],
    ['06 0a 2a ff ff ff ff ff ff ff ff 7f', no],
    ['06 41' + '01'.repeat(65), no],
    ['0d 01 2a', no],
  ])('OBJECT IDENTIFIER %s', (hex, expected) => {
    expect(value(readOid, hex)).toBe(expected);
  });
  test('each OBJECT IDENTIFIER is read as written', () => {
    const arc = fc.integer({ min: 0, max: 2 ** 31 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), fc.array(arc, { maxLength: 8 }), (second, more) => {
        const dotted = ['1', second, ...more].join('.');
        expect(readOid(readDer(write.oid(dotted)))).toBe(dotted);
      }),
    );
  });

  test.each([
    ['0c 02 c3 a9', 'é'],
    ['0c 01 ff', no],
    ['0c 03 ef bb bf', no],
    ['13 01 41', 'A'],
    ['13 01 40', no], // "@" is not printable
    ['13 02 c3 a9', no],
    ['16 01 40', '@'],
    ['16 02 c3 a9', no],
    ['1e 02 00 41', no],
    ['04 01 41', no],
    ['0c 00', ''],
  ])('text %s', (hex, expected) => {
    expect(value(readText, hex)).toBe(expected);
  });

  const time = (tag: number, text: string): unknown => {
    const read = outcome(() => readTime(readDer(write.tlv(tag, Buffer.from(text, 'latin1')))));
    return typeof read === 'number' ? new Date(read).toISOString() : read;
  };
  test.each([
    ['260115100000Z', '2026-01-15T10:00:00.000Z'],
    ['491231235959Z', '2049-12-31T23:59:59.000Z'],
    ['500101000000Z', '1950-01-01T00:00:00.000Z'],
    ['000229000000Z', '2000-02-29T00:00:00.000Z'],
    ['010229000000Z', no],
    ['2601151000Z', no],
    ['260115100000', no],
    ['260115100000+0000', no],
    ['260115100000.5Z', no],
    ['261315100000Z', no],
    ['260015100000Z', no],
    ['260100100000Z', no],
    ['260431100000Z', no],
    ['260115240000Z', no],
    ['260115106000Z', no],
    ['260115100060Z', no],
    ['260115100000z', no],
    [' 60115100000Z', no],
    ['-60115100000Z', no],
    ['20260115100000Z', no],
  ])('UTCTime %j', (text, expected) => {
    expect(time(tags.utcTime, text)).toBe(expected);
  });
  test.each([
    ['20260115100000Z', '2026-01-15T10:00:00.000Z'],
    ['20260115100000.1Z', '2026-01-15T10:00:00.100Z'],
    ['20260115100000.12Z', '2026-01-15T10:00:00.120Z'],
    ['20260115100000.123Z', '2026-01-15T10:00:00.123Z'],
    ['20260115100000.1239999Z', '2026-01-15T10:00:00.123Z'],
    ['20260115100000.000000001Z', '2026-01-15T10:00:00.000Z'],
    ['99991231235959Z', '9999-12-31T23:59:59.000Z'],
    ['20260115100000.120Z', no], // DER leaves trailing zeros out
    ['20260115100000.0Z', no],
    ['20260115100000.Z', no],
    ['20260115100000,5Z', no],
    ['20260115100000.0000000001Z', no],
    ['202601151000Z', no],
    ['2026011510Z', no],
    ['20260115100000', no],
    ['20260115100000+0100', no],
    ['20260230100000Z', no],
    ['00000101000000Z', no],
    ['00500101000000Z', no],
    ['260115100000Z', no],
  ])('GeneralizedTime %j', (text, expected) => {
    expect(time(tags.generalizedTime, text)).toBe(expected);
  });
  test('each millisecond', () => {
    for (let ms = 0; ms < 1000; ms++) {
      const at = new Date(Date.UTC(2026, 0, 15, 10, 0, 0, ms));
      expect(readTime(readDer(write.generalizedTime(at)))).toBe(at.getTime());
    }
  });
});
