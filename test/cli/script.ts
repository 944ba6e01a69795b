import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { main as release } from '../../release/main.ts';
import { main as verifier } from '../../verifier/main.ts';

/** Our executables, by their names. */
const programs: ReadonlyMap<string, typeof verifier> = new Map([
  ['edgeseal', verifier],
  ['edgeseal-release', release],
]);

/** One command of a script and what it must print. */
interface Step {
  /** Comment lines before it. */
  readonly comment: readonly string[];
  readonly command: string;
}

/** A script: commands, and the files that they find (txtar's form). */
export interface Script {
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
  /** The files as they are written, to be kept when the script is written anew. */
  readonly archive: string;
}

const FILE = /^-- (.+) --$/;

/**
 * Reads a script. `$ ` begins a command; under it `| ` stands before each line of standard output, `! ` before
 * each of standard error, `? ` before the exit code; `# ` is a comment. `-- NAME --` begins a file.
 */
export function parseScript(text: string): Script {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => FILE.test(line));
  const head = start < 0 ? lines : lines.slice(0, start);
  const tail = start < 0 ? [] : lines.slice(start);
  const steps: Step[] = [];
  let comment: string[] = [];
  for (const line of head) {
    if (line.startsWith('#')) comment.push(line);
    if (!line.startsWith('$ ')) continue;
    steps.push({ comment, command: line.slice(2) });
    comment = [];
  }
  const files = new Map<string, string>();
  let name = '';
  for (const line of tail) {
    const [, next] = FILE.exec(line) ?? [];
    if (next !== undefined) files.set((name = next), '');
    else files.set(name, `${files.get(name) ?? ''}${line}\n`);
  }
  // The last line feed ends the script, not the file.
  if (name !== '') files.set(name, (files.get(name) ?? '').replace(/\n$/, ''));
  return { steps, files, archive: tail.join('\n') };
}

/** Runs a script in a folder of its own and writes it as it came out. */
export async function runScript(
  script: Script,
  fixtures: ReadonlyMap<string, Uint8Array>,
  network: Io['network'],
): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-cli-'));
  try {
    for (const [name, content] of [...fixtures, ...script.files]) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    const parts: string[] = [];
    for (const { comment, command } of script.steps) {
      parts.push([...comment, `$ ${command}`, ...(await runStep(command, folder, network))].join('\n'));
    }
    return `${parts.join('\n\n')}\n${script.archive === '' ? '' : `\n${script.archive}`}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seeds = readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'));

async function runStep(command: string, folder: string, network: Io['network']): Promise<readonly string[]> {
  const printed: { mark: string; text: string }[] = [];
  const files = nodeFiles(folder);
  const io: Io = {
    // Standard input is the file `stdin`.
    files: {
      ...files,
      read: (name, limit) => files.read(name === '-' ? 'stdin' : name, limit),
      digest: (name, progress) => files.digest(name === '-' ? 'stdin' : name, progress),
    },
    stdout: (text) => printed.push({ mark: '|', text }),
    stderr: (text) => printed.push({ mark: '!', text }),
    now: () => new Date('2026-02-01T00:00:00Z'),
    env: { EDGESEAL_CACHE: path.join(folder, 'cache') },
    seeds: () => seeds,
    // A file `tuf/NAME` stands for a repository that can be reached.
    ...(network === undefined ? {} : { network }),
    tuf: (target) => Promise.resolve(files.read(path.join('tuf', target), 4 * 1024 * 1024)),
  };
  const [program, ...argv] = words(command);
  const main = programs.get(program ?? '');
  if (main === undefined) throw new Error(`not a command of ours: ${command}`);
  const exit = await main(argv, io);
  const lines = ['|', '!'].flatMap((mark) =>
    marked(
      mark,
      printed.filter((one) => one.mark === mark).map(({ text }) => text),
    ),
  );
  return [...lines, `? ${exit}`];
}

function marked(mark: string, texts: readonly string[]): readonly string[] {
  const text = texts.join('').replaceAll(`(node ${process.versions.node})`, '(node X.Y.Z)');
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push('(no line feed)');
  return lines.map((line) => `${mark}${line === '' ? '' : ` ${line}`}`);
}

/** Words as a shell takes them: quotation marks of either kind hold spaces. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_all, single?: string, double?: string) => single ?? double ?? '',
    ),
  );
}
