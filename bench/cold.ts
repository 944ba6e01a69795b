import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededTarget } from '#core/io/seeds';
import { nodeIo } from '#core/io/node-io';
import { median, pairedRatio, quantile, table } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = path.join(root, 'examples', 'npm-package');

export interface ColdResult {
  readonly name: string;
  /** Milliseconds, one a round. */
  readonly wall: readonly number[];
  /** Largest resident set of all rounds, MiB; undefined where the machine has no GNU time. */
  readonly memory: number | undefined;
}

interface Command {
  readonly name: string;
  readonly argv: readonly string[];
}

/**
 * One verification of one offline DSSE bundle (an npm package's) from a cold process: Node's empty start, our
 * bundled executable, the single executable where it was built, cosign; in turns.
 * @param folder for scratch files
 */
export function benchCold(rounds: number, cosign: string | undefined, folder: string): readonly ColdResult[] {
  const commands = commandsOf(cosign, folder);
  for (const { name, argv } of commands) {
    const [file = '', ...args] = argv;
    const first = spawnSync(file, args, { encoding: 'utf8' });
    if (first.status !== 0) throw new Error(`${name} answers ${first.status}: ${first.stderr}`);
  }
  const results = commands.map(({ name }) => ({
    name,
    wall: [] as number[],
    memory: undefined as number | undefined,
  }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { argv }] of commands.entries()) results[index]?.wall.push(wallOf(argv));
  }
  for (const [index, { argv }] of commands.entries()) {
    const result = results[index];
    if (result !== undefined) result.memory = memoryOf(argv, path.join(folder, 'memory'));
  }
  return results;
}

export function showCold(results: readonly ColdResult[]): string {
  const cosign = results.find(({ name }) => name === 'cosign');
  const rows = results.map(({ name, wall, memory }) => [
    name,
    median(wall).toFixed(1),
    quantile(wall, 0).toFixed(1),
    quantile(wall, 0.9).toFixed(1),
    memory === undefined ? '?' : memory.toFixed(1),
    cosign === undefined ? '?' : pairedRatio(wall, cosign.wall).toFixed(2),
  ]);
  return table(['cold, one bundle', 'median ms', 'min ms', 'p90 ms', 'max MiB', 'x cosign'], rows);
}

function commandsOf(cosign: string | undefined, folder: string): readonly Command[] {
  const trusted = path.join(folder, 'trusted_root.json');
  writeFileSync(trusted, seededTarget(nodeIo().seeds(), 'trusted_root.json'));
  const empty = path.join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const shared = [
    ['--bundle', path.join(sample, 'sigstore-2.0.0.provenance.json')],
    ['--trusted-root', trusted],
    ['--type', 'https://slsa.dev/provenance/v1'],
    [
      '--certificate-identity',
      'https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main',
    ],
    ['--certificate-oidc-issuer', 'https://token.actions.githubusercontent.com'],
    [path.join(sample, 'sigstore-2.0.0.tgz')],
  ].flat();
  const edgeseal = path.join(root, 'dist', 'bundle', 'edgeseal.cjs');
  const single = path.join(root, 'dist', 'executable', 'edgeseal');
  if (existsSync(single)) forgetPages(single);
  return [
    { name: 'node, empty start', argv: [process.execPath, empty] },
    { name: 'edgeseal', argv: [process.execPath, edgeseal, 'verify-attestation', ...shared] },
    ...(existsSync(single)
      ? [{ name: 'edgeseal, single executable', argv: [single, 'verify-attestation', ...shared] }]
      : []),
    ...(cosign === undefined
      ? []
      : [{ name: 'cosign', argv: [cosign, 'verify-blob-attestation', ...shared] }]),
  ];
}

/**
 * Has the kernel read a file from the disk again: of one that was just written it holds large pages, each of which counts
 * as a whole in the resident set of whoever touches it, half as much again.
 */
function forgetPages(file: string): void {
  spawnSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
}

function wallOf([file = '', ...args]: readonly string[]): number {
  const start = performance.now();
  spawnSync(file, args, { stdio: 'ignore' });
  return performance.now() - start;
}

function memoryOf(argv: readonly string[], report: string): number | undefined {
  const time = '/usr/bin/time';
  if (!existsSync(time)) return undefined;
  const peaks = Array.from({ length: 3 }, () => {
    spawnSync(time, ['-f', '%M', '-o', report, ...argv], { stdio: 'ignore' });
    return Number(readFileSync(report, 'utf8').trim()) / 1024;
  });
  return Math.max(...peaks);
}
