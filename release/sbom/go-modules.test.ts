import { describe, expect, test } from 'vitest';
import { goProgram } from '../../test/release-build/made-elf.ts';
import { readGoBuild } from './go-modules.ts';

describe('the modules of a program of Go', () => {
  test('are read, each as it was replaced; folders of the source are none', () => {
    const list = [
      'path\texample.com/main/cmd',
      'mod\texample.com/main\t(devel)\t',
      '=>\texample.com/not-of-a-dependency\tv1.0.0\t',
      'dep\tgithub.com/a/B\tv1.0.0\th1:x=',
      'dep\tgithub.com/c/d\tv1.0.0',
      '=>\tgithub.com/fork/d\tv1.0.1\th1:y=',
      'dep\texample.com/staging\tv0.0.0',
      '=>\t./staging\t(devel)\t',
      'build\t-trimpath=true',
    ];
    expect(readGoBuild(goProgram(list))).toEqual({
      version: 'go1.26.8',
      modules: ['github.com/a/B@v1.0.0', 'github.com/fork/d@v1.0.1'],
    });
  });

  test('are many', () => {
    const many = Array.from({ length: 500 }, (_, index) => `dep\texample.com/${index}\tv1.0.0`);
    expect(readGoBuild(goProgram(many))?.modules).toHaveLength(500);
  });

  test('are unknown where they cannot be read', () => {
    const sound = goProgram(['dep\ta.b/c\tv1']);
    const at = sound.indexOf('\xff Go buildinf:', 'latin1');
    for (const [offset, octet] of [
      [at, 0],
      [at + 15, 0],
      [at + 32, 0xff],
      [at + 33 + 8, 0xff],
    ] as const) {
      const bytes = Buffer.from(sound);
      bytes[offset] = octet;
      expect(readGoBuild(bytes)).toBeUndefined();
    }
  });
});
