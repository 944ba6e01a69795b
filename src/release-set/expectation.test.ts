import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { parseExpectation } from './expectation.ts';

const schema: object = JSON.parse(
  readFileSync(new URL('../../policies/release-expectation.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true }).compile(schema);

describe('an expectation, as its schema has it', () => {
  test.each<[string, unknown, boolean]>([
    ['nothing', {}, true],
    [
      'all',
      { $schema: 'x', name: 'n', description: 'd', files: ['*'], documents: [], images: ['a/b'] },
      true,
    ],
    ['another field', { file: [] }, false],
    ['no object', [], false],
    ['a text for a list', { files: '*' }, false],
    ['a number in a list', { files: [1] }, false],
    ['an empty text', { documents: [''] }, false],
    ['a text that is too long', { images: ['x'.repeat(1025)] }, false],
    ['the same twice', { images: ['a/b', 'a/b'] }, false],
    ['a name that is none', { name: 1 }, false],
    ['a prototype', { files: ['constructor'] }, true],
  ])('%s: %j is fine: %s', (_, document, isFine) => {
    expect(validate(document)).toBe(isFine);
    const read = (): unknown => parseExpectation(JSON.stringify(document), 'expected.json');
    if (isFine) expect(read()).toBeDefined();
    else expect(read).toThrow(expect.objectContaining({ code: 'EXPECTATION_INVALID' }));
  });

  test.each([
    ['{"files":[],"files":[]}', 'JSON_DUPLICATE_KEY'],
    ['{', 'JSON_SYNTAX'],
  ])('%s: %s', (text, code) => {
    expect(() => parseExpectation(text, 'expected.json')).toThrow(EdgesealError);
    expect(() => parseExpectation(text, 'expected.json')).toThrow(expect.objectContaining({ code }));
  });

  test('where a glob stands', () => {
    expect(parseExpectation('{\n  "files": ["a", "b"]\n}', 'e.json').files[1]?.at).toEqual({
      file: 'e.json',
      line: 2,
      column: 18,
    });
  });
});
