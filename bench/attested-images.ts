import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const WORDS = [
  'attest',
  '--type=slsaprovenance1',
  '--predicate=predicate.json',
  '--key=cosign.key',
  '-y',
  '--use-signing-config=false',
  '--tlog-upload=false',
];
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** A registry with images that cosign attested. */
export interface AttestedImages {
  readonly origin: string;
  readonly stop: () => void;
  /** Makes an image with so many attestations, pushes it. */
  readonly make: (name: string, attestations: number, layout: 'bundle' | 'legacy') => Promise<AttestedImage>;
}

/** How an image is called, without the registry. */
export interface AttestedImage {
  readonly byTag: string;
  readonly byDigest: string;
}

/** Starts the registry; key and predicates go to the folder. */
export async function attestedImages(
  registry: string,
  cosign: string,
  folder: string,
): Promise<AttestedImages> {
  const log = path.join(folder, 'registry.log');
  // A file, for the registry tells of every request, and nobody would read it meanwhile.
  const file = openSync(log, 'w');
  const server = spawn(registry, ['-port', '0'], { stdio: ['ignore', 'ignore', file] });
  closeSync(file);
  const host = await addressIn(log);
  const run = (...args: readonly string[]): void => {
    const env = { ...process.env, COSIGN_PASSWORD: '', HOME: folder };
    const { status, stderr } = spawnSync(cosign, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`cosign ${args[0]} answers ${status}: ${stderr}`);
  };
  run('generate-key-pair');
  return {
    origin: `http://${host}`,
    stop: () => server.kill(),
    make: async (name, attestations, layout) => {
      const digest = await pushImage(`http://${host}`, name);
      for (let index = 0; index < attestations; index++) {
        writeFileSync(path.join(folder, 'predicate.json'), JSON.stringify(predicate(index)));
        run(...WORDS, ...(layout === 'legacy' ? ['--new-bundle-format=false'] : []), `${host}/${name}:v1`);
      }
      return { byTag: `${name}:v1`, byDigest: `${name}@${digest}` };
    },
  };
}

async function addressIn(log: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = /serving on port (\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
    if (port !== undefined) return `127.0.0.1:${port}`;
    await setTimeout(25);
  }
  throw new Error('the registry does not start');
}

const predicate = (index: number): object => ({
  buildDefinition: { buildType: 'https://example.org/b/v1', externalParameters: { source: 'x' } },
  runDetails: { builder: { id: `https://example.org/builders/${index}` } },
});

/** @returns its digest */
async function pushImage(origin: string, name: string): Promise<string> {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', name }));
  const layer = Buffer.from(name);
  await Promise.all([config, layer].map(async (bytes) => pushBlob(`${origin}/v2/${name}`, bytes)));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  await send('PUT', `${origin}/v2/${name}/manifests/v1`, manifest, MANIFEST);
  return digestOf(Buffer.from(manifest));
}

async function pushBlob(repository: string, bytes: Buffer): Promise<void> {
  const url = `${repository}/blobs/uploads/?digest=${digestOf(bytes)}`;
  await send('POST', url, bytes, 'application/octet-stream');
}

async function send(method: string, url: string, body: string | Buffer, type: string): Promise<void> {
  const answer = await fetch(url, { method, body, headers: { 'content-type': type } });
  if (!answer.ok) throw new Error(`${method} ${url}: HTTP ${answer.status} ${await answer.text()}`);
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const descriptor = (mediaType: string, bytes: Buffer): object => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.length,
});
