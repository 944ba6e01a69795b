import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePublicKey } from '#core/crypto/public-key';
import { EdgesealError } from '#core/errors/error';
import { definePolicy } from '#core/policy/define-policy';
import type { Policy } from '#core/policy/policy';
import type { Trust } from '#core/trust/trust';
import { verify } from '#core/verify/verify';
import { get, isObject, paths, remove, set, text } from '../fuzz/json-tree.ts';
import { bytesOf, pushImage } from '../registry/content.ts';
import { read } from '../registry/reader.ts';
import { digestOf, OCI_MANIFEST, TestRegistry } from '../registry/server.ts';
import type { Json } from '../sigstore/json.ts';
import { predicates } from './attested.ts';
import { findPeer, mustRun } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const cosign2 = findPeer('cosign2', 'EDGESEAL_COSIGN2');
const common = ['--tlog-upload=false', '-y'];
const writers = (
  [
    ['cosign 3, bundles', cosign, ['--use-signing-config=false', ...common]],
    ['cosign 3, layers', cosign, ['--use-signing-config=false', '--new-bundle-format=false', ...common]],
    ['cosign 2, bundles', cosign2, ['--new-bundle-format=true', ...common]],
    ['cosign 2, layers', cosign2, common],
  ] as const
).filter(([, program]) => program !== '');
const missing = [
  cosign === '' ? 'no cosign by EDGESEAL_COSIGN or on PATH' : '',
  cosign2 === '' ? 'no cosign 2 by EDGESEAL_COSIGN2 or on PATH' : '',
].filter((part) => part !== '');
const without = missing.length === 0 ? '' : ` (without rows: ${missing.join(', ')})`;

/** What stands around an image: a manifest with one layer, and the bundle or envelope in that. */
interface Attached {
  readonly image: Buffer;
  readonly tag: string | undefined;
  readonly manifest: Json;
  readonly attestation: Json;
}

/** Members that claim nothing, so that who may write to the registry may change them, or leave them out. */
const unvouched: ReadonlySet<string> = new Set([
  'config.mediaType',
  'config.size',
  'config.artifactType',
  'subject.mediaType',
  'subject.size',
  'annotations',
  'annotations.org.opencontainers.image.created',
  'annotations.dev.sigstore.bundle.content',
  'annotations.dev.sigstore.bundle.predicateType',
  'layers.0.annotations',
  'layers.0.annotations.predicateType',
  'layers.0.annotations.dev.cosignproject.cosign/signature',
  // Hints: which key signed is found by the signature.
  'verificationMaterial.publicKey.hint',
  'signatures.0.keyid',
  // What may be left out, but not be wrong.
  'without mediaType',
  'without artifactType',
]);

describe.skipIf(writers.length === 0)(`what cosign attested, changed in one place${without}`, () => {
  let folder = '';
  let registry: TestRegistry;
  let policy: Policy;
  let trust: Trust;
  let count = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeseal-tampered-'));
    registry = await TestRegistry.start();
    await mustRun(writers[0]?.[1] ?? '', ['generate-key-pair'], folder);
    writeFileSync(join(folder, 'predicate.json'), bytesOf(predicates.slsaprovenance1('https://b/1')));
    const pem = readFileSync(join(folder, 'cosign.pub'));
    const key = parsePublicKey(pem, 'cosign.pub');
    trust = { root: undefined, keys: [{ name: 'cosign.pub', key, hints: [], transparencyLog: 'optional' }] };
    const signers = [{ key: { sha256: key.digest }, transparencyLog: 'optional' as const }];
    policy = await definePolicy({ name: 'p', requirements: [{ signers }] });
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(writers)('%s, all digests computed again', async (_, program, flags) => {
    const genuine = await attest(program, flags);
    expect(await outcome(genuine)).toBe('pass');
    const accepted: string[] = [];
    let refused = 0;
    for (const piece of ['manifest', 'attestation'] as const) {
      for (const [what, changed] of changesOf(genuine[piece])) {
        const edited = { ...genuine, [piece]: changed };
        const isPassed = (await outcome(piece === 'attestation' ? withLayer(edited) : edited)) === 'pass';
        if (isPassed) accepted.push(what);
        else refused++;
      }
    }
    expect(
      accepted.filter((it) => !unvouched.has(it) && !unvouched.has(it.replace(/^without /, ''))),
    ).toEqual([]);
    expect(refused).toBeGreaterThan(10);
  });

  test.each(writers)('%s, digests as they were', async (_, program, flags) => {
    const genuine = await attest(program, flags);
    const [manifest, blob] = [bytesOf(genuine.manifest), bytesOf(genuine.attestation)];
    for (const [kind, bytes] of [
      ['manifests', manifest],
      ['blobs', blob],
    ] as const) {
      for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 25)) {
        const repository = push(genuine);
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ 1;
        registry.lie(kind, repository, digestOf(bytes), copy);
        expect(await judged(repository), `${kind}, octet ${at}`).not.toBe('pass');
      }
    }
  });

  async function attest(program: string, flags: readonly string[]): Promise<Attached> {
    const repository = `t/genuine${count++}`;
    const image = pushImage(registry, repository, 'v1');
    const about = ['attest', '--type=slsaprovenance1', '--predicate=predicate.json', '--key=cosign.key'];
    await mustRun(program, [...about, ...flags, `${registry.host}/${repository}:v1`], folder);
    const ask = async (path: string): Promise<Json> => {
      const answer = await fetch(`http://${registry.host}/v2/${repository}/${path}`);
      const value: Json = JSON.parse(await answer.text());
      return value;
    };
    const listed = text(await ask(`referrers/${digestOf(image)}`), 'manifests', 0, 'digest');
    const tag = listed === undefined ? `${digestOf(image).replace(':', '-')}.att` : undefined;
    const manifest = await ask(`manifests/${listed ?? tag}`);
    const attestation = await ask(`blobs/${text(manifest, 'layers', 0, 'digest')}`);
    return withLayer({ image, tag, manifest, attestation });
  }

  /** Pushes it all to a repository of its own. */
  function push({ image, tag, manifest, attestation }: Attached): string {
    const repository = `t/edited${count++}`;
    registry.putManifest(repository, image, OCI_MANIFEST, 'v1');
    registry.putBlob(repository, bytesOf(attestation));
    registry.putManifest(repository, manifest, OCI_MANIFEST, ...(tag === undefined ? [] : [tag]));
    return repository;
  }

  async function outcome(attached: Attached): Promise<string> {
    return judged(push(attached));
  }

  async function judged(repository: string): Promise<string> {
    try {
      const { image, attested } = await read(`${registry.host}/${repository}:v1`);
      const artifact = { name: 'image', kind: 'image', digests: { sha256: image.digest.hex } } as const;
      const evidence = attested.flatMap(({ items }) => items);
      return verify({ artifact, evidence, policy, trust, now: new Date('2030-01-01T00:00:00Z') }).outcome;
    } catch (error) {
      if (error instanceof EdgesealError && error.code !== 'INTERNAL_ERROR') return error.code;
      throw error;
    }
  }
});

/** The manifest names the attestation by its new digest and size. */
function withLayer(attached: Attached): Attached {
  const manifest = structuredClone(attached.manifest);
  const bytes = bytesOf(attached.attestation);
  set(manifest, ['layers', 0, 'digest'], digestOf(bytes));
  set(manifest, ['layers', 0, 'size'], bytes.length);
  return { ...attached, manifest };
}

/** Every member changed, and every member left out. */
function changesOf(value: Json): readonly (readonly [string, Json])[] {
  return paths(value).flatMap((path) => {
    const name = path.join('.');
    const [changed, removed] = [structuredClone(value), structuredClone(value)];
    set(changed, path, another(get(value, ...path) ?? null));
    remove(removed, path);
    return [
      [name, changed],
      [`without ${name}`, removed],
    ] as const;
  });
}

function another(value: Json): Json {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return Array.isArray(value) ? {} : isObject(value) ? [] : 'x';
  const at = Math.floor(value.length / 2);
  return `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`;
}
