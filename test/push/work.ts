import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assemble, type Assembled } from '../../release/assemble/assemble.ts';
import type { BuiltFile } from '../../release/build/build-record.ts';
import type { Platform } from '../../release/description/document.ts';
import { main } from '../../release/main.ts';
import type { Plan } from '../../release/plan/plan.ts';
import { openStore, type Store } from '../../release/store/store.ts';
import { runMain, type Ended } from '../cli/run-main.ts';

const EPOCH = 1_700_000_000;
const PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

export interface WorkOptions {
  /** Of the image (default: both). */
  readonly platforms?: readonly Platform[];
  /** Puts a base image into the store; its digest. */
  readonly base?: (store: Store) => Promise<string>;
  readonly content?: string;
  readonly references?: readonly (readonly string[])[];
  /** Of the executable in the image. */
  readonly path?: string;
}

export interface Work extends Assembled {
  readonly folder: string;
  readonly store: Store;
  readonly remove: () => void;
}

/** A work folder as a build of two files leaves it. */
export async function makeWork(options: WorkOptions = {}): Promise<Work> {
  const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-work-'));
  const store = openStore(folder);
  const outputs: BuiltFile[] = [];
  for (const platform of PLATFORMS) {
    for (const name of ['agent/binary', 'agent/notes']) {
      const bytes = Buffer.from(`${name} for ${platform}${options.content ?? ''}`.repeat(100));
      const executable = name === 'agent/binary';
      outputs.push({ output: name, platform, executable, ...(await store.put(bytes)) });
    }
  }
  const base = await options.base?.(store);
  const plan = planOf(options, base);
  const made = await assemble({
    plan,
    outputs,
    store,
    layout: path.join(folder, 'images'),
    sourceDateEpoch: EPOCH,
  });
  return { ...made, folder, store, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function planOf(options: WorkOptions, base: string | undefined): Plan {
  const { platforms = PLATFORMS, references = [['registry.example/o/agent:v1.2.3']] } = options;
  const files = [
    { output: 'agent/binary', path: options.path ?? '/usr/local/bin/agent' },
    { output: 'agent/notes', path: '/usr/share/agent/NOTES' },
  ];
  const archived = files.map(({ output, path: at }) => ({ output, path: at.slice(1) }));
  return {
    name: 'agent',
    version: '1.2.3',
    description: { file: 'release.json', sha256: '0'.repeat(64) },
    source: { repository: 'https://github.com/o/agent', ref: 'refs/tags/v1.2.3', commit: '1'.repeat(40) },
    platforms: PLATFORMS,
    inputs:
      base === undefined
        ? []
        : [{ name: 'base', kind: 'oci-image', from: 'registry.example/base', digest: base }],
    steps: [],
    images: references.map((one) => ({
      references: one,
      ...(base === undefined ? {} : { base: 'base' }),
      platforms: platforms.map((platform) => ({ platform, files, entrypoint: [files[0]?.path ?? ''] })),
    })),
    assets: PLATFORMS.flatMap((platform) => [
      {
        name: `agent-${platform.slice(6)}`,
        kind: 'file' as const,
        platform,
        files: [{ output: 'agent/binary', path: 'agent' }],
      },
      { name: `agent-${platform.slice(6)}.tar.gz`, kind: 'archive' as const, platform, files: archived },
      { name: `agent-${platform.slice(6)}.cdx.json`, kind: 'sbom' as const, about: 'agent' },
    ]),
    policy: 'policy.json',
  };
}

export async function runRelease(args: readonly string[], folder: string): Promise<Ended> {
  return runMain(main, args, folder);
}
