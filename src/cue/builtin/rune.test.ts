import { describe, expect, test } from 'vitest';
import { compareText, fromUtf8, runeCount, sequenceLength, utf8Length } from './rune.ts';

describe('well-formed UTF-8 (Unicode, table 3-7)', () => {
  test.each([
    [[0x00], 1],
    [[0x7f], 1],
    [[0x80], 0],
    [[0xc1, 0x80], 0],
    [[0xc2, 0x80], 2],
    [[0xc2], 0],
    [[0xdf, 0xbf], 2],
    [[0xdf, 0xc0], 0],
    [[0xe0, 0x9f, 0x80], 0],
    [[0xe0, 0xa0, 0x80], 3],
    [[0xe2, 0x82, 0xac], 3],
    [[0xe2, 0x82, 0x2f], 0],
    [[0xe2, 0x28, 0xac], 0],
    [[0xed, 0x9f, 0xbf], 3],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf0, 0x8f, 0x80, 0x80], 0],
    [[0xf0, 0x90, 0x80, 0x80], 4],
    [[0xf0, 0x9f, 0x98, 0x80], 4],
    [[0xf0, 0x9f, 0x98, 0xc0], 0],
    [[0xf3, 0xbf, 0xbf, 0xbf], 4],
    [[0xf4, 0x8f, 0xbf, 0xbf], 4],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xf5, 0x80, 0x80, 0x80], 0],
    [[], 0],
  ])('%j: a sequence of %d', (octets, length) => {
    expect(sequenceLength(Uint8Array.from(octets), 0)).toBe(length);
  });

  test.each([
    [[], ''],
    [[0x61], 'a'],
    [[0xff, 0xfe], '\ufffd'],
    [[0xff, 0x61, 0xfe], '\ufffda\ufffd'],
    [[0xed, 0xa0, 0x80], '\ufffd'],
    [[0xc3, 0xa9, 0xff], 'é\ufffd'],
    [[0xef, 0xbb, 0xbf], '\ufeff'],
  ])('%j as text: each run of bad octets once', (octets, text) => {
    expect(fromUtf8(Uint8Array.from(octets))).toBe(text);
  });
});

describe('lengths and order of text', () => {
  test.each([
    ['', 0, 0],
    ['a', 1, 1],
    ['é', 1, 2],
    ['€', 1, 3],
    ['\ue000', 1, 3],
    ['😀', 1, 4],
    ['a😀€', 3, 8],
  ])('%j: %d code points, %d octets', (text, points, octets) => {
    expect([runeCount(text), utf8Length(text)]).toEqual([points, octets]);
  });

  test.each([
    ['', '', 0],
    ['a', 'ab', -1],
    ['ab', 'a', 1],
    ['b', 'ab', 1],
    ['\uffff', '😀', -1],
    ['😀', '\uffff', 1],
    ['😀', '😁', -1],
  ])('%j against %j: %d', (a, b, order) => {
    expect(compareText(a, b)).toBe(order);
  });
});
