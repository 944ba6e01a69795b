import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { writePlan } from '../plan/plan-file.ts';
import { readLock, writeLock } from './lock-file.ts';
import { soundLock, soundPlan } from './sound-lock.test-data.ts';
import { openWork } from './work.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-lock-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  writePlan(folder, soundPlan);
  writeLock(folder, soundLock);
});

type Place = readonly (string | number)[];
/** The document as JSON, with the value at a place replaced; `undefined` takes it away. */
function changed(document: object, place: Place, value: unknown): string {
  const copy = structuredClone(document);
  let parent = copy;
  for (const key of place.slice(0, -1)) parent = Reflect.get(parent, key) as object;
  Reflect.set(parent, place.at(-1)!, value);
  return JSON.stringify(copy);
}
const refusal = async (): Promise<string> => {
  try {
    await openWork(folder);
    return 'nothing';
  } catch (error) {
    const { code, message, path: where } = reasonOf(error);
    return `${code} ${where ?? message}`;
  }
};
const { source, dependencies } = soundLock;
const [own, brought, vendor] = dependencies;
const apart = 'plan.json and lock.json do not belong together: ';

describe('a work folder', () => {
  test('is read as it was written', async () => {
    const { plan, lock, lockSha256 } = await openWork(folder);
    expect(plan).toEqual(soundPlan);
    expect(lock).toEqual(soundLock);
    expect(writeLock(folder, lock)).toBe(lockSha256);
  });

  test.each<[string, Place, unknown, string]>([
    ['an unknown field', ['extra'], 1, 'extra'],
    ['a later version', ['schemaVersion'], 2, 'schemaVersion'],
    ['no source', ['source'], undefined, ''],
    ['a branch', ['source', 'ref'], 'refs/heads/main', 'source.ref'],
    ['a short digest', ['source', 'files', 0, 'sha256'], '00', 'source.files[0].sha256'],
    [
      'a digest in capitals',
      ['dependencies', 1, 'digest', 'sha512'],
      'A'.repeat(128),
      'dependencies[1].digest.sha512',
    ],
    ['no SHA-256', ['dependencies', 1, 'digest', 'sha256'], undefined, 'dependencies[1].digest'],
    ['a weak digest', ['dependencies', 1, 'digest', 'md5'], '0'.repeat(32), 'dependencies[1].digest.md5'],
    ['a size below nothing', ['dependencies', 1, 'size'], -1, 'dependencies[1].size'],
    ['a submodule', ['source', 'files', 0, 'mode'], '160000', 'source.files[0].mode'],
    ['a path above', ['source', 'files', 0, 'path'], '../a', 'source.files[0].path'],
    ['a path from the root on', ['source', 'files', 0, 'path'], '/a', 'source.files[0].path'],
    ['files out of order', ['source', 'files'], source.files.toReversed(), 'source.files[1].path'],
    ['a file twice', ['source', 'files', 1], source.files[0], 'source.files[1].path'],
    ['a file in a file', ['source', 'files', 1, 'path'], 'a/b', 'source.files[1].path'],
    ['a dependency outside', ['dependencies', 1, 'path'], 'node_modules/../../a', 'dependencies[1].path'],
    ['two in one place', ['dependencies'], [own, brought, brought, vendor], 'dependencies[2].path'],
    ['an input without its own entry', ['dependencies'], [brought, vendor], 'dependencies[0]'],
    ['an input itself twice', ['dependencies'], [own, own, brought, vendor], 'dependencies[1]'],
    ['an input in two parts', ['dependencies'], [own, vendor, brought], 'dependencies[2].input'],
    ['an input that is not planned', ['dependencies', 2, 'input'], 'other', `${apart}the inputs`],
    ['an input less', ['dependencies'], [own, brought], `${apart}the inputs`],
    ['another kind', ['dependencies', 0, 'kind'], 'go-sum', `${apart}the kind of packages`],
    [
      'another digest',
      ['dependencies', 0, 'digest', 'sha512'],
      '2'.repeat(128),
      `${apart}the digest of packages`,
    ],
    ['another commit', ['source', 'commit'], 'e'.repeat(40), `${apart}the commit`],
    ['another description', ['description'], '0'.repeat(64), `${apart}the description`],
  ])('whose lock has %s is refused', async (_, place, value, expected) => {
    writeFileSync(path.join(folder, 'lock.json'), changed(soundLock, place, value));
    expect(await refusal()).toBe(`RELEASE_WORK_INVALID ${expected}`);
  });

  test.each<[string, Place, unknown, string]>([
    ['an unknown field', ['extra'], 1, 'extra'],
    ['a platform that there is not', ['platforms', 0], 'linux/s390x', 'platforms[0]'],
    ['a step without a program', ['steps', 0, 'run'], [], 'steps[0].run'],
    ['an environment of numbers', ['steps', 0, 'environment', 'A'], 1, 'steps[0].environment.A'],
    ['an input without a digest', ['inputs', 0, 'digest'], undefined, 'inputs[0]'],
  ])('whose plan has %s is refused', async (_, place, value, expected) => {
    writeFileSync(path.join(folder, 'plan.json'), changed(soundPlan, place, value));
    expect(await refusal()).toBe(`RELEASE_WORK_INVALID ${expected}`);
  });

  test.each(['plan.json', 'lock.json'])('without %s says which phase writes it', async (name) => {
    rmSync(path.join(folder, name));
    expect(await refusal()).toBe(`FILE_NOT_FOUND the work folder has no ${name}`);
  });
});

/** Every place in a document. */
function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...at, key]))];
}

/** Whatever stands there is refused for what it is, or read as JSON reads it. */
async function readsOrRefuses(text: string | Uint8Array): Promise<void> {
  writeFileSync(path.join(folder, 'lock.json'), text);
  try {
    expect((await readLock(folder)).value).toEqual(JSON.parse(text.toString()));
  } catch (error) {
    expect(reasonOf(error).code).toMatch(/^(?:RELEASE_WORK_INVALID|JSON_|UTF8_)/);
  }
}

describe('a lock', () => {
  test('with any one value replaced', async () => {
    const places = placesOf(soundLock).filter((at) => at.length > 0);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', '..', '/', 'a', 'a/../b', '0'.repeat(64), -1, 1e30, '\u0000', '__proto__'),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), value, async (at, next) =>
        readsOrRefuses(changed(soundLock, at, next)),
      ),
      { numRuns: 300 },
    );
  });

  test('with any octet replaced', async () => {
    const bytes = Buffer.from(JSON.stringify(soundLock));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (index, octet) => {
        const copy = Buffer.from(bytes);
        copy[index] = octet;
        await readsOrRefuses(copy);
      }),
      { numRuns: 300 },
    );
  });
});
