import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { machineGo } from '../test/kubeedge/machine-archives.ts';
import { checkHermetic } from '../release/sandbox/check-hermetic.ts';
import { namespaceDriver } from '../release/sandbox/namespaces.ts';
import { benchKubeEdge } from './kubeedge.ts';
import { measured, report, type Figures } from './pairs.ts';

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

/** The same build by Go from an empty cache, in a sandbox and outside, in turns. */
export async function benchBuild(short: boolean): Promise<void> {
  const goRoot = machineGo();
  if (goRoot === undefined) {
    console.log('build: left out, there is no Go');
    return;
  }
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
    report('the same build by Go, from an empty cache', { inside, outside }, 'build');
  } finally {
    // Go's caches are read-only folders.
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true });
  }
  await benchKubeEdge(goRoot, short);
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
