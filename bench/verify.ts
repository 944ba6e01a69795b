import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchBulk, showBulk } from './bulk.ts';
import { benchCold, showCold } from './cold.ts';
import { cosign, sigstoreGo } from './peers.ts';
import { median, pairedRatio } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Verification, cold and in bulk, beside its peers in one run. Prints tables; keeps the figures as JSON. */
export async function benchVerify(short: boolean): Promise<void> {
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'ignore' });
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-bench-'));
  try {
    console.log(`node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}\n`);
    const cold = benchCold(short ? 9 : 41, cosign(), folder);
    console.log(`${showCold(cold)}\n`);
    const bulk = await benchBulk(short ? 1 : 5, short ? 1 : 3, sigstoreGo(), folder);
    console.log(showBulk(bulk));
    const edgeseal = cold.find(({ name }) => name === 'edgeseal');
    const peer = cold.find(({ name }) => name === 'cosign');
    const figures = {
      cold,
      coldRatioToCosign: edgeseal && peer ? pairedRatio(edgeseal.wall, peer.wall) : null,
      bulk: bulk.map(({ name, rates }) => ({ name, rates, median: median(rates) })),
    };
    const file = path.join(root, 'dist', 'bench', 'verify.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(`\nfigures: ${path.relative(process.cwd(), file)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
