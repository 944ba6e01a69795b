import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkHermetic } from '../release/sandbox/check-hermetic.ts';
import { namespaceDriver } from '../release/sandbox/namespaces.ts';
import { median, pairedRatio, table } from './statistics.ts';

/** What is built, all its packages compiled anew: a program with Go's HTTP, and a short one. */
const SOURCE = `package main

import "net/http"

func main() { _ = http.ListenAndServe(":0", http.NotFoundHandler()) }
`;
const SHORT = `package main

import "fmt"

func main() { fmt.Println("made") }
`;
const ARGUMENTS = ['build', '-trimpath', '-buildvcs=false', '-o', 'out', '.'];

interface Figures {
  /** Seconds. */
  readonly wall: number;
  /** Of a processor, of all its processes. */
  readonly processor: number;
}

/** The same build by Go from an empty cache, in a sandbox and outside, in turns. */
export async function benchBuild(short: boolean): Promise<void> {
  const asked = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  if (asked.status !== 0) {
    console.log('build: left out, there is no Go');
    return;
  }
  const goRoot = asked.stdout.trim();
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-bench-'));
  try {
    const source = short ? SHORT : SOURCE;
    const inside: Figures[] = [];
    const outside: Figures[] = [];
    for (let round = 0; round < (short ? 3 : 7); round++) {
      inside.push(await measured(async () => buildInside(goRoot, place(folder, `inside-${round}`, source))));
      outside.push(
        await measured(async () => buildOutside(goRoot, place(folder, `outside-${round}`, source))),
      );
    }
    report({ inside, outside });
  } finally {
    // Go's caches are read-only folders.
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true });
  }
}

interface Place {
  readonly work: string;
  readonly home: string;
  readonly root: string;
  readonly sandbox: string;
}

function place(folder: string, name: string, source: string): Place {
  const at = (part: string): string => path.join(folder, name, part);
  const made = { work: at('work'), home: at('home'), root: at('root'), sandbox: at('sandbox') };
  for (const one of Object.values(made)) mkdirSync(one, { recursive: true });
  writeFileSync(path.join(made.work, 'go.mod'), 'module example.com/made\n\ngo 1.24\n');
  writeFileSync(path.join(made.work, 'main.go'), source);
  return made;
}

const GO = { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };

async function buildInside(goRoot: string, { work, home, root, sandbox }: Place): Promise<void> {
  const end = await namespaceDriver(process.env).run(
    {
      root,
      mounts: [
        { source: work, target: '/made', isWritable: true },
        { source: home, target: '/home', isWritable: true },
        { source: goRoot, target: '/inputs/go', isWritable: false },
      ],
      directory: '/made',
      argv: ['/inputs/go/bin/go', ...ARGUMENTS],
      environment: { ...GO, HOME: '/home' },
      identity: { hostname: 'bench', user: 1000, group: 1000, umask: 0o022 },
      limits: { seconds: 3600, output: 1_000_000 },
    },
    sandbox,
    new AbortController().signal,
  );
  if (end.kind !== 'ended' || end.code !== 0) throw new Error(Buffer.from(end.log).toString());
  checkHermetic(end.evidence, 'bench');
}

async function buildOutside(goRoot: string, { work, home }: Place): Promise<void> {
  execFileSync(path.join(goRoot, 'bin/go'), ARGUMENTS, { cwd: work, env: { ...GO, HOME: home } });
}

async function measured(call: () => Promise<void>): Promise<Figures> {
  const [start, before] = [performance.now(), childrenTime()];
  await call();
  return { wall: (performance.now() - start) / 1000, processor: childrenTime() - before };
}

/** Processor time of all processes that this one has waited for, and theirs: /proc/self/stat, in 100ths of a second. */
function childrenTime(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function report(figures: Readonly<Record<'inside' | 'outside', readonly Figures[]>>): void {
  const { inside, outside } = figures;
  const of = (which: keyof Figures, all: readonly Figures[]): readonly number[] =>
    all.map((one) => one[which]);
  const row = (name: string, all: readonly Figures[]): readonly string[] => [
    name,
    median(of('wall', all)).toFixed(2),
    median(of('processor', all)).toFixed(2),
  ];
  const ratio = (which: keyof Figures): string =>
    pairedRatio(of(which, inside), of(which, outside)).toFixed(3);
  const rows = [
    row('in the sandbox', inside),
    row('outside', outside),
    ['x outside', ratio('wall'), ratio('processor')],
  ];
  console.log(table(['the same build by Go, from an empty cache', 'wall s', 'processor s'], rows));
  const folder = path.join(fileURLToPath(new URL('..', import.meta.url)), 'dist', 'bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'build.json'), `${JSON.stringify(figures, undefined, 2)}\n`);
}
