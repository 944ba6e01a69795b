import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSchemaCheck } from '#core/policy/schema-check';
import schema from '../policies/policy.schema.json' with { type: 'json' };
import { compiledSchema } from './compiled-schema.ts';

type Check = Awaited<ReturnType<typeof loadSchemaCheck>>;

let folder = '';
let checks: readonly Check[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-schema-'));
  const file = path.join(folder, 'schema-check.mjs');
  // As a bundler leaves it: CommonJS's require, from a place where packages are found.
  const header = `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(import.meta.url)});`;
  writeFileSync(file, `${header}\n${compiledSchema()}`);
  const built: { readonly loadSchemaCheck: typeof loadSchemaCheck } = await import(file);
  checks = [await loadSchemaCheck(), await built.loadSchemaCheck()];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What both say of a document. */
function answers(document: unknown): readonly unknown[] {
  return checks.map((check) => [check(document), JSON.stringify(check.errors)]);
}

const signers = [{ issuer: 'https://issuer.example', identity: 'me@example.com' }];
const long = 'x'.repeat(5000);

describe('the schema that the bundle carries is the one of the repository', () => {
  test.each([
    ['a policy', true, { name: 'p', requirements: [{ signers }] }],
    ['with provenance', true, { name: 'p', requirements: [{ signers, provenance: { level: 3 } }] }],
    ['a name that is too long', false, { name: long, requirements: [{ signers }] }],
    ['an unknown field', false, { name: 'p', requirements: [{ signers, level: 3 }] }],
    ['no requirement', false, { name: 'p' }],
    ['another type', false, [1, null, 'x']],
    ['an inherited field', false, Object.create({ name: 'p', requirements: [{ signers }] })],
  ])('%s', (_, accepted, document) => {
    const [source, bundled] = answers(document);
    expect(bundled).toEqual(source);
    expect(bundled).toMatchObject([accepted, accepted ? 'null' : expect.stringContaining('keyword')]);
  });

  test('whatever the document is', () => {
    const names = [...new Set(JSON.stringify(schema).match(/"[a-zA-Z]+"(?=:)/g))].map((name) =>
      name.slice(1, -1),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(0, 1, 3, -1, true, null, '', 'x', 'any', 'enforce', 'https://x.example', long),
        fc.dictionary(fc.constantFrom(...names, 'unknown'), tie('tree'), { maxKeys: 5 }),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }));
    const rule = fc.dictionary(fc.constantFrom(...names), tree, { maxKeys: 4 });
    const policy = fc.record({ name: fc.constant('p'), requirements: fc.array(rule, { maxLength: 2 }) });
    fc.assert(
      fc.property(fc.oneof(tree, policy), (document) => {
        const [source, bundled] = answers(document);
        expect(bundled).toEqual(source);
      }),
      { numRuns: 500 },
    );
  });
});
