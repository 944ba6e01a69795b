import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { spawnSync } from 'node:child_process';
import { verify as verifySignature } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { definePolicy } from '#core/policy/define-policy';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { verify } from '#core/verify/verify';
import { makeKey } from '../test/sigstore/keys.ts';
import { makeEvidence, type EvidenceFixture } from '../test/sigstore/make-evidence.ts';
import { artifactOf, trustOf } from '../test/sigstore/trust.ts';
import { median, table } from './statistics.ts';

export interface BulkResult {
  readonly name: string;
  /** In a second of processor time, so that others on the machine do not count; one a round. */
  readonly rates: readonly number[];
}

/** Different bundles, so that no work on one can be kept for another. */
const DISTINCT = 100;

/**
 * Verifications a second on one core, DSSE with one Rekor v1 entry (promise and proof): everything from bytes to
 * verdict, beside the bare signature checks that it needs, sigstore-js and sigstore-go; in turns.
 * @param seconds of each turn
 */
export async function benchBulk(
  rounds: number,
  seconds: number,
  sigstoreGo: string | undefined,
  folder: string,
): Promise<readonly BulkResult[]> {
  const fixtures = Array.from({ length: DISTINCT }, (_, index) => makeEvidence({ seed: `bench/${index}` }));
  const loops = new Map<string, () => number>([
    ['edgeseal, bytes to verdict', loop(seconds, await edgeseal(fixtures))],
    ['its signature checks alone (P-384 + 4 P-256)', loop(seconds, signatureChecks())],
    ['@sigstore/verify', loop(seconds, sigstoreJs(fixtures))],
  ]);
  if (sigstoreGo !== undefined) loops.set('sigstore-go', goLoop(sigstoreGo, fixtures, seconds, folder));
  const rates = new Map<string, number[]>([...loops.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of loops) rates.get(name)?.push(run());
  }
  return [...rates].map(([name, values]) => ({ name, rates: values }));
}

export function showBulk(results: readonly BulkResult[]): string {
  const ours = median(results[0]?.rates ?? []);
  const rows = results.map(({ name, rates }) => [
    name,
    median(rates).toFixed(0),
    Math.max(...rates).toFixed(0),
    (ours / median(rates)).toFixed(2),
  ]);
  return table(['in process', 'median /s a core', 'best', 'edgeseal is x'], rows);
}

/** Runs work for some seconds after a short warm-up, and gives how often in a second of processor time. */
function loop(seconds: number, work: (index: number) => void): () => number {
  const runFor = (duration: number): number => {
    const start = process.cpuUsage();
    const end = performance.now() + duration * 1000;
    let count = 0;
    while (performance.now() < end) work(count++);
    const { user, system } = process.cpuUsage(start);
    return (count * 1e6) / (user + system);
  };
  return () => {
    runFor(seconds / 4);
    return runFor(seconds);
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError('no items');
  return item;
}

async function edgeseal(fixtures: readonly EvidenceFixture[]): Promise<(index: number) => void> {
  const first = at(fixtures, 0);
  const signers = [{ issuer: first.issuer ?? '', identity: first.identity ?? '' }];
  const source = { repository: 'https://github.com/example-org/example', tag: 'v1.2.3' };
  const policy = await definePolicy({ name: 'bench', requirements: [{ signers, provenance: { source } }] });
  const trust = trustOf(first);
  const artifact = artifactOf(first);
  const now = new Date('2026-06-01T00:00:00Z');
  return (index) => {
    const evidence = parseEvidence(at(fixtures, index).bytes, 'evidence.json');
    const { outcome } = verify({ artifact, evidence, policy, trust, now });
    if (outcome !== 'pass') throw new Error(`the bench's evidence comes out as ${outcome}`);
  };
}

/**
 * The certificate by its authority (P-384); timestamp of the certificate log, envelope, entry's promise and checkpoint (P-256).
 */
function signatureChecks(): (index: number) => void {
  const message = Buffer.alloc(1000, 'edgeseal');
  const checks = (['p384', 'p256', 'p256', 'p256', 'p256'] as const).map((type, index) => {
    const key = makeKey(type, `bench/${index}`);
    return { hash: key.hash, publicKey: key.publicKey, signature: key.sign(message) };
  });
  return () => {
    for (const { hash, publicKey, signature } of checks) {
      if (!verifySignature(hash, message, publicKey, signature))
        throw new Error('a sound signature is refused');
    }
  };
}

function sigstoreJs(fixtures: readonly EvidenceFixture[]): (index: number) => void {
  const first = at(fixtures, 0);
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(first.trustedRootBytes.toString())));
  const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  const policy = { subjectAlternativeName: first.identity ?? '', extensions: { issuer: first.issuer ?? '' } };
  return (index) => {
    const fixture = at(fixtures, index);
    const bundle = bundleFromJSON(JSON.parse(fixture.bytes.toString()));
    verifier.verify(toSignedEntity(bundle, fixture.artifact.content), policy);
  };
}

function goLoop(
  program: string,
  fixtures: readonly EvidenceFixture[],
  seconds: number,
  folder: string,
): () => number {
  const first = at(fixtures, 0);
  const root = path.join(folder, 'fixture_root.json');
  writeFileSync(root, first.trustedRootBytes);
  const files = fixtures.flatMap((fixture, index) => {
    const file = path.join(folder, `${index}.sigstore.json`);
    writeFileSync(file, fixture.bytes);
    return [file, fixture.artifact.digests.sha256];
  });
  return () => {
    const args = [root, first.identity ?? '', first.issuer ?? '', String(seconds), ...files];
    const run = spawnSync(program, args, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`sigstore-go answers ${run.status}: ${run.stderr}`);
    return Number(run.stdout);
  };
}
