import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { main } from '../../verifier/main.ts';
import { expectedOf, type Row } from './codes.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/vectors/slsa-verifier');
const present = existsSync(path.join(folder, 'cases.json'));
const because = present ? '' : ' (skipped: no ../shared/vectors)';
const listed: readonly Row[] | null = JSON.parse(
  present ? readFileSync(path.join(folder, 'cases.json'), 'utf8') : 'null',
);
const rows = (listed ?? []).filter(({ command }) => command === 'verify-image');
const seeds = readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'));

interface PrintedVerdict {
  readonly outcome: string;
  readonly reasons: readonly { readonly code: string }[];
  readonly requirements: readonly {
    readonly attestations: readonly { readonly reasons: readonly { readonly code: string }[] }[];
  }[];
}

/** The row as somebody would type it, offline, and what came of it. */
async function run(row: Row): Promise<{ readonly exit: number; readonly codes: readonly string[] }> {
  let out = '';
  let err = '';
  const io: Io = {
    files: nodeFiles(folder),
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    now: () => new Date('2026-11-21T12:00:00Z'),
    env: {},
    seeds: () => seeds,
    tuf: () => Promise.reject(new Error('a network was asked')),
  };
  const flags = Object.entries(row.flags).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [`--${name}`, value]
      : Object.entries(value).flatMap((input) => ['--build-workflow-input', input.join('=')]),
  );
  const argv = [row.command, '--offline', '--local-image', '--output=json', ...flags, String(row.artifact)];
  const exit = await main(argv, io);
  const verdicts = out
    .split('\n')
    .filter((line) => line.startsWith('{"artifact"'))
    .map((line): PrintedVerdict => JSON.parse(line));
  const reasons = verdicts.flatMap((verdict) => [
    ...verdict.reasons,
    ...verdict.requirements.flatMap(({ attestations }) => attestations.flatMap((one) => one.reasons)),
  ]);
  const usage = /^([A-Z_]+): /m.exec(err)?.[1];
  return { exit, codes: [...(usage === undefined ? [] : [usage]), ...reasons.map(({ code }) => code)] };
}

async function faults(some: readonly Row[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of some) {
    const { exit, code } = expectedOf(row);
    const got = await run(row);
    if (got.exit !== exit || got.codes[0] !== code)
      found.push(`${row.id}: expected ${exit} ${code ?? ''}, got ${got.exit} ${got.codes.join(' ')}`);
  }
  return found;
}

describe.skipIf(!present)(`slsa-verifier's own cases about images${because}`, () => {
  test('all of them are here', () => {
    expect(rows.length).toBe(223);
  });
  for (const [outcome, some] of Object.entries(Object.groupBy(rows, ({ expect: outcome }) => outcome))) {
    test(`${outcome}: ${some?.length} rows`, { timeout: 120_000 }, async () => {
      expect(await faults(some ?? [])).toEqual([]);
    });
  }
});
