import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersTo, contradicts } from './compare.ts';
import type { CueCase } from './case.ts';
import type { OurAnswer } from './ours.ts';
import { Oracle, type OracleAnswer } from './oracle.ts';

/** CUE's own suite in Go's module cache, or empty where it is not there. */
export function findArchives(): string {
  const args = ['list', '-m', '-f', '{{.Dir}}', 'cuelang.org/go'];
  const env = { ...process.env, GOPROXY: 'off' };
  const { stdout, status } = spawnSync('go', args, { cwd: import.meta.dirname, encoding: 'utf8', env });
  const module = status === 0 ? stdout.trim() : '';
  return module === '' ? '' : join(module, 'cue', 'testdata');
}

const MARK = /^-- (.+) --\n/m;

/** The files of an archive in txtar's form, by name. */
function filesOf(archive: string): Map<string, string> {
  const parts = archive.split(MARK).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])));
}

/** Every archive that is one CUE file, as a policy for the empty document. */
export function singleArchives(folder: string): CueCase[] {
  return globSync('**/*.txtar', { cwd: folder })
    .sort()
    .flatMap((path) => {
      const files = filesOf(readFileSync(join(folder, path), 'utf8'));
      const sources = [...files].filter(([name]) => /\.(cue|mod)$/.test(name) && !name.startsWith('out/'));
      const [[, text] = ['', '']] = sources;
      return sources.length === 1 ? [{ name: path, policies: [text], document: '{}' }] : [];
    });
}

/** The same archives cut where a paragraph starts at the left margin: each paragraph a policy of its own. */
export const pieces = (cases: readonly CueCase[]): CueCase[] =>
  cases.flatMap(({ name, policies, document }) =>
    policies
      .flatMap((text) => text.split(/\n\n+(?=[^\s})\]])/))
      .map((text, index) => ({ name: `${name} ${index}`, policies: [text], document })),
  );

/** An archive, and what both say. */
export interface ArchiveAnswer {
  readonly asked: CueCase;
  readonly cosign: OracleAnswer;
  readonly ours: OurAnswer;
  readonly outcome: 'same' | 'different' | 'unsupported' | 'no verdict';
}

export async function compareArchives(cases: readonly CueCase[]): Promise<ArchiveAnswer[]> {
  const oracle = new Oracle();
  const spoken = await oracle.ask(cases);
  await oracle.end();
  return [...answersTo(cases)].map(({ asked, ours }, index) => {
    const cosign = spoken[index] ?? { name: asked.name, verdict: 'CRASH' };
    return { asked, cosign, ours, outcome: outcomeOf(cosign, ours) };
  });
}

function outcomeOf({ verdict }: OracleAnswer, ours: OurAnswer): ArchiveAnswer['outcome'] {
  if (verdict === 'TIMEOUT' || verdict === 'CRASH') return 'no verdict';
  if (contradicts(verdict, ours)) return 'different';
  return ours.verdict === 'UNSUPPORTED' ? 'unsupported' : 'same';
}
