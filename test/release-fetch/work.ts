import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reasonOf } from '#core/errors/error';
import { nodeFiles } from '#core/io/files';
import { nodeHttp } from '#core/io/http';
import type { Io, Network } from '#core/io/io';
import { runHelper } from '#core/io/network';
import { parseDescription } from '../../release/description/parse-description.ts';
import { fetchRelease, type FetchResult } from '../../release/fetch/fetch-release.ts';
import { makePlan } from '../../release/plan/make-plan.ts';
import type { JsonValue } from '#core/json/value';
import type { TestRepository } from './repository.ts';

/** Waits for nothing. Every host that is not this machine is the one server, where there is one. */
function networkOf(server?: string): Network {
  const direct = nodeHttp({ env: {} });
  return {
    http: () => async (request) => {
      const { hostname, pathname, search } = request.url;
      if (hostname === '127.0.0.1') return direct(request);
      if (server === undefined) throw new Error(`${hostname} is asked in a test`);
      return direct({ ...request, url: new URL(pathname + search, server) });
    },
    clock: { now: () => 0, wait: async () => undefined },
    turn: async () => undefined,
    runHelper,
  };
}

/** A world without anything but a home folder, and perhaps a server that is every host. */
export function worldOf(
  home: string,
  env: Io['env'] = {},
  server?: string,
): Io & { readonly said: string[] } {
  const said: string[] = [];
  const network = networkOf(server);
  return {
    said,
    files: nodeFiles(home),
    stdout: (text) => void said.push(text),
    stderr: (text) => void said.push(text),
    now: () => new Date(0),
    env: { PATH: process.env['PATH'], HOME: home, ...env },
    seeds: () => Buffer.from('{}'),
    tuf: () => Promise.reject(new Error('no network in a test')),
    network: async () => network,
  };
}

/** Folders that are removed in the end. */
export class Folders {
  readonly #made: string[] = [];

  make(name: string): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), `edgeseal-${name}-`));
    this.#made.push(folder);
    return folder;
  }

  remove(): void {
    for (const folder of this.#made.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

/** A description that reads inputs, and does nothing with them. */
export function describe(
  inputs: readonly JsonValue[],
  more: Readonly<Record<string, JsonValue>> = {},
): string {
  return JSON.stringify({
    schemaVersion: 1,
    name: 'example',
    source: { repository: 'https://github.com/example-org/example', ref: 'refs/tags/v1.2.3' },
    platforms: ['linux/amd64'],
    inputs,
    components: [
      {
        name: 'agent',
        steps: [{ name: 'link', run: ['link'], reads: [], outputs: [{ name: 'binary', path: 'agent' }] }],
      },
    ],
    images: [],
    assets: [{ name: 'agent', output: 'agent/binary' }],
    sbom: { format: 'CycloneDX' },
    policy: 'policy.json',
    ...more,
  });
}

export interface Fetching {
  readonly repository: TestRepository;
  readonly description: string;
  readonly work: string;
  readonly io: Io;
  readonly isOffline?: boolean;
}

/** Fetches what a description beside the files of the repository's last commit names. */
export async function fetching({
  repository,
  description,
  work,
  io,
  isOffline,
}: Fetching): Promise<FetchResult> {
  const parsed = await parseDescription(Buffer.from(description), 'release.json');
  return fetchRelease({
    plan: makePlan(parsed, 'release.json', { ref: undefined, commit: repository.head }),
    description: path.join(repository.folder, 'release.json'),
    workFolder: work,
    isOffline: isOffline === true,
    io,
  });
}

/** `CODE message; found` of what a call throws; `nothing`. */
export async function refusalOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    const { code, message, found } = reasonOf(error);
    return `${code} ${message}; ${found ?? ''}`;
  }
}
