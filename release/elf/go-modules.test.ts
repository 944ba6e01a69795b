import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { goProgram } from '../../test/release-build/made-elf.ts';
import { readElf } from './elf.ts';
import { readGoModules } from './go-modules.ts';

const modulesOf = (bytes: Buffer): unknown => {
  try {
    return readGoModules(readElf(bytes, 'made'));
  } catch (error) {
    return reasonOf(error).code;
  }
};

describe('the modules of a program of Go', () => {
  test('are read, each as it was replaced', () => {
    const list = [
      'path\texample.com/main/cmd',
      'mod\texample.com/main\t(devel)\t',
      '=>\texample.com/not-of-a-dependency\tv1.0.0\t',
      'dep\tgithub.com/a/B\tv1.0.0\th1:x=',
      'dep\tgithub.com/c/d\tv1.0.0',
      '=>\tgithub.com/fork/d\tv1.0.1\th1:y=',
      'dep\texample.com/staging\tv0.0.0',
      '=>\t./staging\t\t',
      'build\t-trimpath=true',
    ];
    expect(modulesOf(goProgram(list))).toEqual([
      { path: 'github.com/a/B', version: 'v1.0.0' },
      { path: 'github.com/fork/d', version: 'v1.0.1' },
      { path: './staging', version: '' },
    ]);
  });

  test('are none where there are none', () => expect(modulesOf(goProgram([]))).toEqual([]));
  test('are many', () => {
    const many = Array.from({ length: 500 }, (_, index) => `dep\texample.com/${index}\tv1.0.0`);
    expect(modulesOf(goProgram(many))).toHaveLength(500);
  });

  test('are refused where they cannot be read', () => {
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
      expect(modulesOf(bytes)).toBe('ELF_INVALID');
    }
  });
});
