import { describe, expect, test } from 'vitest';
import { tilePath, tileWith } from './tiles.ts';

describe('paths of C2SP tlog-tiles', () => {
  test.each<[number | 'entries', number, number, string]>([
    [0, 0, 256, 'tile/0/000'],
    [0, 0, 1, 'tile/0/000.p/1'],
    [1, 17, 255, 'tile/1/017.p/255'],
    [0, 999, 256, 'tile/0/999'],
    [0, 1000, 256, 'tile/0/x001/000'],
    [0, 1_234_067, 256, 'tile/0/x001/x234/067'],
    [0, 1_234_067, 8, 'tile/0/x001/x234/067.p/8'],
    ['entries', 1_234_067, 8, 'tile/entries/x001/x234/067.p/8'],
    ['entries', 5_000_000, 256, 'tile/entries/x005/x000/000'],
    [6, 0, 31, 'tile/6/000.p/31'],
  ])('level %s, tile %d, width %d: %s', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
  });
});

describe('tiles of a tree', () => {
  // "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial of width 112, ..."
  test.each([
    [0, 0, 70_000, 0, 256],
    [0, 69_887, 70_000, 272, 256],
    [0, 69_888, 70_000, 273, 112],
    [1, 255, 70_000, 0, 256],
    [1, 256, 70_000, 1, 17],
    [2, 0, 70_000, 0, 1],
    [0, 255, 256, 0, 256],
    [1, 0, 256, 0, 1],
    [0, 0, 1, 0, 1],
    [0, 2 ** 52, 2 ** 53 - 1, 2 ** 44, 256],
    [6, 30, 2 ** 53 - 1, 0, 31],
  ])('level %d, hash %d of a tree of %d: tile %d, width %d', (level, position, size, index, width) => {
    expect(tileWith(level, position, size)).toEqual({ level, index, width });
  });
});
