import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { edgesealIn, type Answer } from '../registry/command.ts';
import { attachBundles, attachLayers, legacyLayer, pushImage } from '../registry/content.ts';
import { digestOf, TestRegistry } from '../registry/server.ts';
import {
  makeGeneratorEvidence,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../sigstore/make-evidence.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { logEntryOf, rekorEntry, uuidOf } from './entry.ts';
import { RekorLog } from './log.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from './log-v2.ts';
import { serve, type LogServer } from './server.ts';

let folder = '';
let registry: TestRegistry;
let server: LogServer;
let log = new RekorLog();
/** A log of Rekor v2 in its place. */
let tiles: RekorV2Log | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-rekor-images-'));
  registry = await TestRegistry.start();
  server = await serve({ answer: (path, body) => (tiles ?? log).answer(path, body) });
});
afterEach(() => {
  log = new RekorLog();
  tiles = undefined;
});
afterAll(async () => {
  await registry.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * How what has no log entry is attached: cosign's `.att`, an envelope as a referrer by the type of bundles or of
 * envelopes, or a bundle as one.
 */
const layouts = ['layer', 'bundle type', 'envelope type', 'bundle'] as const;
type LayoutName = (typeof layouts)[number];

let count = 0;
interface Attested {
  readonly image: string;
  readonly hash: string;
  readonly flags: readonly string[];
  /** What the log says about it. */
  readonly logged: EvidenceFixture;
}

function attest(layout: LayoutName, options: EvidenceOptions = {}): Attested {
  const repository = `o/app${count++}`;
  const manifest = pushImage(registry, repository, 'v1');
  const artifact = { name: 'image', content: manifest };
  if (layout === 'layer') {
    const claims = generatorClaims;
    attachLayers(registry, repository, manifest, [
      legacyLayer({ artifact, claims, ...options, log: 'none' }),
    ]);
  } else {
    const form = layout === 'bundle' ? { edit: withoutEntry } : { format: 'envelope' as const };
    const bare = makeGeneratorEvidence({ artifact, ...options, ...form });
    const type = layout === 'envelope type' ? 'application/vnd.dsse.envelope.v1+json' : undefined;
    attachBundles(registry, repository, manifest, [{ bytes: bare.bytes, mediaType: type }]);
  }
  const logged = makeGeneratorEvidence({ artifact, ...options });
  writeFileSync(join(folder, 'root.json'), logged.trustedRootBytes);
  writeFileSync(join(folder, 'key.pub'), logged.publicKeyPem);
  const who =
    logged.identity === undefined
      ? ['--key=key.pub']
      : [`--certificate-identity=${logged.identity}`, `--certificate-oidc-issuer=${logged.issuer}`];
  const hash = digestOf(manifest).slice('sha256:'.length);
  return { image: `${registry.host}/${repository}`, hash, flags: [...who, '--type=slsaprovenance'], logged };
}

const verify = async (flags: readonly string[], image: string): Promise<Answer> =>
  edgesealIn(folder, ['verify-attestation', '--trusted-root=root.json', ...flags, image]);

describe.each(layouts)('an envelope without log entry attached to an image as %s', (layout) => {
  test.each<[string, EvidenceOptions]>([
    ['by certificate', {}],
    ['by key', { signer: 'key' }],
  ])('has its entry found, and is nothing without it: %s', async (_, options) => {
    const { image, hash, flags, logged } = attest(layout, options);
    log.add(rekorEntry(logEntryOf(logged)), [hash]);
    const found = await verify([...flags, `--rekor-url=${server.url}`], `${image}:v1`);
    expect(found).toMatchObject({ exit: 0 });
    expect(found.stdout).toMatch(/^\{"payload.*\}\n$/);
    const without = await verify(flags, `${image}:v1`);
    expect(without).toMatchObject({ exit: 1, stderr: expect.stringContaining('LOG_ENTRY_MISSING') });
  });
  test('is refused where the log has no entry', async () => {
    const { image, flags } = attest(layout);
    const answer = await verify([...flags, `--rekor-url=${server.url}`], `${image}:v1`);
    expect(answer).toMatchObject({ exit: 1, stderr: expect.stringContaining('LOG_ENTRY_MISSING') });
  });
  test.each<[string, RegExp, (entry: ReturnType<typeof rekorEntry>) => void]>([
    ['index', /LOG_PROMISE_INVALID/, (entry) => (entry.logIndex += 1)],
    ['time', /LOG_PROMISE_INVALID/, (entry) => (entry.integratedTime += 1)],
    ['body', /LOG_ENTRY_INVALID/, (entry) => (entry.body = Buffer.from('{}').toString('base64'))],
    ['proof', /LOG_PROOF_INVALID/, ({ verification }) => void verification.inclusionProof?.hashes.pop()],
    ['promise', /LOG_PROMISE_INVALID/, ({ verification }) => (verification.signedEntryTimestamp = 'AAAA')],
  ])('is refused where the log lies about its entry: %s', async (_, code, change) => {
    const { image, hash, flags, logged } = attest(layout);
    const entry = rekorEntry(logEntryOf(logged));
    const uuid = uuidOf(entry);
    change(entry);
    log.add(entry, [hash], uuid);
    const answer = await verify([...flags, `--rekor-url=${server.url}`], `${image}:v1`);
    expect([answer.exit, answer.stderr]).toEqual([1, expect.stringMatching(code)]);
  });
  test.each<[string, EvidenceOptions]>([
    ['by certificate and timestamp', { timestamps: [{}] }],
    ['by key', { signer: 'key', timestamps: [] }],
  ])('is proved by the tiles of a log of Rekor v2: %s', async (_, options) => {
    const { image, flags, logged } = attest(layout, { log: 'rekor-v2', ...options });
    const { name, content } = logged.artifact;
    const artifact = { name, content };
    const body = bodyOf({ artifact, claims: generatorClaims, ...options });
    tiles = new RekorV2Log(tiledLog({ 511: body }));
    const asked = [...flags, `--rekor-url=${server.url}`, '--log-index=511'];
    const answer = await verify(asked, `${image}:v1`);
    // An envelope by itself has no place for the timestamp that a certificate needs.
    const isProved = options.signer === 'key' || layout === 'bundle' || layout === 'layer';
    if (isProved) expect(answer).toMatchObject({ exit: 0 });
    else expect(answer).toMatchObject({ exit: 1, stderr: expect.stringContaining('TIME_UNPROVEN') });
    tiles = new RekorV2Log(tiledLog({ 512: body }));
    const elsewhere = await verify(asked, `${image}:v1`);
    expect(elsewhere).toMatchObject({ exit: 1, stderr: expect.stringContaining('LOG_ENTRY_INVALID') });
  });
  test('is found by verify-image', async () => {
    const { image, hash, logged } = attest(layout);
    log.add(rekorEntry(logEntryOf(logged)), [hash]);
    const builder =
      'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml';
    const args = ['verify-image', '--source-uri=github.com/example-org/example', `--builder-id=${builder}`];
    const named = [...args, '--trusted-root=root.json', `${image}@sha256:${hash}`];
    expect(await edgesealIn(folder, named)).toMatchObject({ exit: 1 });
    expect(await edgesealIn(folder, [...named, `--rekor-url=${server.url}`])).toMatchObject({ exit: 0 });
  });
});

test('an attestation with its entry is not searched for', async () => {
  const repository = `o/app${count++}`;
  const manifest = pushImage(registry, repository, 'v1');
  const artifact = { name: 'image', content: manifest };
  const layer = legacyLayer({ artifact, claims: generatorClaims });
  attachLayers(registry, repository, manifest, [layer]);
  writeFileSync(join(folder, 'root.json'), layer.fixture.trustedRootBytes);
  const { identity, issuer } = layer.fixture;
  const who = [`--certificate-identity=${identity}`, `--certificate-oidc-issuer=${issuer}`];
  const flags = [...who, '--type=slsaprovenance', `--rekor-url=${server.url}`];
  expect(await verify(flags, `${registry.host}/${repository}:v1`)).toMatchObject({ exit: 0 });
  expect(log.asked).toEqual([]);
});
