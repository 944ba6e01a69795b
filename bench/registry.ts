import { execFileSync, fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { attestedImages } from './attested-images.ts';
import type { Counts, Setting, Told } from './distant.ts';
import { cosign, registry } from './peers.ts';
import { median, pairedRatio, quantile, table } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const edgeseal = path.join(root, 'dist', 'bundle', 'edgeseal.cjs');
const WORDS = ['verify-attestation', '--key=cosign.pub', '--type=slsaprovenance1', '--insecure-ignore-tlog'];

/** The same requirement in each one's language. */
const POLICIES = { edgeseal: 'policy.json', cosign: 'policy.cue' } as const;

interface Scene {
  readonly name: string;
  readonly images: readonly string[];
  readonly layout: 'bundle' | 'legacy';
  readonly rounds: number;
}

interface Runner {
  readonly name: string;
  /** Which one of cosign's does the same. */
  readonly peer: string;
  readonly argv: readonly string[];
}

interface Result {
  readonly name: string;
  readonly peer: string;
  /** Milliseconds, one a round. */
  readonly wall: readonly number[];
  readonly counts: Counts;
}

/** `verify-attestation` of images in a registry that is near or 20 ms away, beside cosign's, in turns. */
export async function benchRegistry(short: boolean): Promise<void> {
  const [peer, server] = [cosign(), registry()];
  if (peer === undefined || server === undefined) return;
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'ignore' });
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-bench-'));
  const images = await attestedImages(server, peer, folder);
  const proxy = fork(fileURLToPath(new URL('distant.ts', import.meta.url)), [images.origin]);
  try {
    const port = await portOf(proxy);
    writeFileSync(path.join(folder, POLICIES.edgeseal), JSON.stringify(policyOf(folder)));
    writeFileSync(path.join(folder, POLICIES.cosign), 'predicateType: "https://slsa.dev/provenance/v1"\n');
    const rounds = short ? 5 : 21;
    const scenes: Scene[] = [];
    for (const layout of ['bundle', 'legacy'] as const) {
      for (const count of layout === 'bundle' ? [1, 10, 50] : [1, 10]) {
        const { byTag, byDigest } = await images.make(`bench/${layout}-${count}`, count, layout);
        scenes.push({ name: `${layout}, ${count}`, images: [byTag], layout, rounds });
        if (layout === 'bundle' && count === 1)
          scenes.push({ name: 'bundle, 1, by digest', images: [byDigest], layout, rounds });
      }
    }
    const many: string[] = [];
    for (let index = 0; index < 50; index++) {
      const { byTag } = await images.make(`many/image-${index}`, 1, 'bundle');
      many.push(byTag);
    }
    scenes.push({ name: '50 images, 1 each', images: many, layout: 'bundle', rounds: Math.ceil(rounds / 4) });
    const figures = [];
    for (const latency of [0, 20]) {
      const rows: string[][] = [];
      for (const scene of scenes) {
        const results = await measure(scene, latency, { proxy, port, folder, peer });
        figures.push({ latency, scene: scene.name, results });
        rows.push(...rowsOf(scene, results));
      }
      const head = [
        `${latency} ms a request`,
        'median',
        'min',
        'p90',
        'x cosign',
        'x of min',
        'requests',
        'waves',
      ];
      console.log(`${table(head, rows)}\n`);
    }
    const file = path.join(root, 'dist', 'bench', 'registry.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(`figures: ${path.relative(process.cwd(), file)}`);
  } finally {
    proxy.disconnect();
    images.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function policyOf(folder: string): object {
  const key = { pem: readFileSync(path.join(folder, 'cosign.pub'), 'utf8') };
  const signers = [{ key, transparencyLog: 'optional' }];
  return { name: 'bench', requirements: [{ signers, predicateType: 'slsaprovenance1' }] };
}

interface Place {
  readonly proxy: ChildProcess;
  readonly port: number;
  readonly folder: string;
  readonly peer: string;
}

async function measure(scene: Scene, latency: number, place: Place): Promise<readonly Result[]> {
  const { proxy, folder } = place;
  const results = runners(scene, place).map((runner) => ({
    ...runner,
    wall: [] as number[],
    counts: { requests: 0, waves: 0 },
  }));
  for (let round = -1; round < scene.rounds; round++) {
    for (const result of results) {
      const setting: Setting = { latency };
      proxy.send(setting);
      const wall = wallOf(result, folder);
      result.counts = await countsOf(proxy);
      if (round >= 0) result.wall.push(wall);
    }
  }
  return results;
}

function runners({ images, layout }: Scene, { port, peer }: Place): readonly Runner[] {
  const named = images.map((image) => `127.0.0.1:${port}/${image}`);
  const format = layout === 'legacy' ? ['--new-bundle-format=false'] : [];
  const ours = [process.execPath, edgeseal];
  const withPolicy = 'cosign, policy';
  const [json, cue] = [`--policy=${POLICIES.edgeseal}`, `--policy=${POLICIES.cosign}`];
  return [
    { name: 'Node, nothing done', peer: 'cosign', argv: [process.execPath, '--eval=0'] },
    { name: 'edgeseal', peer: 'cosign', argv: [...ours, ...WORDS, ...named] },
    { name: 'cosign', peer: 'cosign', argv: [peer, ...WORDS, ...format, ...named] },
    { name: 'edgeseal, policy', peer: withPolicy, argv: [...ours, ...WORDS, json, ...named] },
    { name: 'edgeseal, policy in CUE', peer: withPolicy, argv: [...ours, ...WORDS, cue, ...named] },
    { name: withPolicy, peer: withPolicy, argv: [peer, ...WORDS, ...format, cue, ...named] },
  ];
}

function wallOf({ name, argv: [file = '', ...args] }: Runner, folder: string): number {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const start = performance.now();
  const { status, stderr } = spawnSync(file, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${name} answers ${status}: ${stderr.slice(0, 2000)}`);
  return wall;
}

async function portOf(proxy: ChildProcess): Promise<number> {
  const told = await next(proxy);
  return 'port' in told ? told.port : 0;
}

async function countsOf(proxy: ChildProcess): Promise<Counts> {
  const answer = next(proxy);
  proxy.send('report');
  const told = await answer;
  if ('port' in told) throw new Error('counts are expected');
  return told;
}

async function next(proxy: ChildProcess): Promise<Told> {
  const [told]: Told[] = await once(proxy, 'message');
  if (told === undefined) throw new Error('nothing said');
  return told;
}

function rowsOf(scene: Scene, results: readonly Result[]): string[][] {
  return results.map(({ name, peer, wall, counts }) => {
    const theirs = results.find((result) => result.name === peer)?.wall ?? [];
    return [
      `${scene.name}: ${name}`,
      median(wall).toFixed(1),
      quantile(wall, 0).toFixed(1),
      quantile(wall, 0.9).toFixed(1),
      pairedRatio(wall, theirs).toFixed(2),
      (quantile(wall, 0) / quantile(theirs, 0)).toFixed(2),
      String(counts.requests),
      String(counts.waves),
    ];
  });
}
