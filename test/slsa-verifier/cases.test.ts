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

interface Digests {
  readonly sha256: string;
  readonly sha512: string;
  readonly included: boolean;
}

const read = (name: string): string => (present ? readFileSync(path.join(folder, name), 'utf8') : 'null');
const listed: readonly Row[] | null = JSON.parse(read('cases.json'));
const rows = listed ?? [];
const known: { readonly artifacts: Readonly<Record<string, Digests>> } | null = JSON.parse(
  read('artifacts.json'),
);
const seeds = readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'));

const online = (): never => {
  throw new Error('a network was asked');
};

/** The row as somebody would type it, offline, and what came of it. */
async function run(
  row: Row,
): Promise<{ readonly exit: number; readonly codes: readonly string[]; readonly hints: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    files: nodeFiles(folder),
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    now: () => new Date('2026-11-21T12:00:00Z'),
    env: {},
    seeds: () => seeds,
    tuf: online,
  };
  const exit = await main(argvOf(row), io);
  const verdicts = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): PrintedVerdict => JSON.parse(line));
  const reasons = verdicts.flatMap(({ requirements }) =>
    requirements.flatMap((one) => [
      ...one.reasons,
      ...one.attestations.flatMap((attestation) => attestation.reasons),
    ]),
  );
  const usage = /^([A-Z_]+): /m.exec(err)?.[1];
  return {
    exit,
    codes: [...(usage === undefined ? [] : [usage]), ...reasons.map(({ code }) => code)],
    hints: reasons.map(({ hint }) => hint ?? '').join('\n'),
  };
}

interface PrintedVerdict {
  readonly requirements: readonly {
    readonly reasons: readonly Found[];
    readonly attestations: readonly { readonly reasons: readonly Found[] }[];
  }[];
}

interface Found {
  readonly code: string;
  readonly hint?: string;
}

function argvOf(row: Row): readonly string[] {
  const isNpm = row.command === 'verify-npm-package';
  const argv: string[] = [row.command, '--offline', '--output=json'];
  argv.push(`--${isNpm ? 'attestations' : 'provenance'}-path=${row.provenance ?? ''}`);
  for (const [name, value] of Object.entries(row.flags)) {
    if (typeof value === 'string') argv.push(`--${name}`, value);
    else for (const input of Object.entries(value)) argv.push('--build-workflow-input', input.join('='));
  }
  for (const artifact of [row.artifact].flat()) argv.push(operandOf(artifact, isNpm));
  return argv;
}

function operandOf(artifact: string, isNpm: boolean): string {
  const digests = known?.artifacts[artifact];
  if (digests === undefined) throw new Error(`no digest of ${artifact}`);
  if (digests.included) return artifact;
  return isNpm ? `sha512:${digests.sha512}` : `sha256:${digests.sha256}`;
}

/** Rows whose outcome is another than stated. */
async function faults(some: readonly Row[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of some) {
    const { exit, code } = expectedOf(row);
    const got = await run(row);
    const isRight =
      got.exit === exit && (code === undefined ? got.codes.length === 0 : got.codes[0] === code);
    if (!isRight)
      found.push(`${row.id}: expected ${exit} ${code ?? ''}, got ${got.exit} ${got.codes.join(' ')}`);
  }
  return found;
}

/** Rows in parts, none of which takes long, each with its first and its last place. */
const parts = (all: readonly Row[]): readonly (readonly [number, number, readonly Row[]])[] =>
  Array.from({ length: Math.ceil(all.length / PART) }, (_, part) => {
    const some = all.slice(part * PART, (part + 1) * PART);
    return [part * PART, part * PART + some.length - 1, some];
  });
const PART = 60;

const decidable = rows.filter(
  ({ command, needsRekorSearch }) => command !== 'verify-image' && !needsRekorSearch,
);
const searches = rows.filter(({ needsRekorSearch }) => needsRekorSearch);

describe.skipIf(!present)(`slsa-verifier's own cases${because}`, () => {
  test('all of them are here', () => {
    expect([decidable.length, searches.length]).toEqual([550, 2713]);
  });

  for (const [outcome, some = []] of Object.entries(
    Object.groupBy(decidable, (row) => `${row.command} ${row.expect}`),
  )) {
    test.each(parts(some))(`${outcome}: rows %i to %i`, async (_from, _to, part) => {
      expect(await faults(part)).toEqual([]);
    });
  }

  test.each(parts(searches))(
    'needs a search of the log, and is refused offline: rows %i to %i',
    async (_from, _to, part) => {
      expect(await faults(part)).toEqual([]);
    },
  );

  test('who is refused so is told what to import', async () => {
    const [first] = searches;
    const { hints } = await run(first!);
    expect(hints).toContain('edgeseal evidence import --rekor-url');
  });
});
