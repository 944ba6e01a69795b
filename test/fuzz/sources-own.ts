import { generatorClaims } from '../sigstore/claims.ts';
import { witnessSigner } from '../sigstore/checkpoint.ts';
import {
  jsonLines,
  makeEvidence,
  signingTime,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../sigstore/make-evidence.ts';
import { defects } from '../sigstore/defects.ts';
import { cycloneDx, verificationSummary } from '../sigstore/statement.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';
import { makeWorld } from '../sigstore/world.ts';
import { isObject } from './json-tree.ts';
import { makeNearMiss, type Source, type Target } from './target.ts';

const variants: Readonly<Record<string, EvidenceOptions>> = {
  'v0.3': {},
  'v0.3 second signer': { seed: 'second' },
  'v0.3 generator': { claims: generatorClaims },
  'v0.2 intoto 0.0.2': { format: 'bundle-0.2', entry: 'intoto/0.0.2' },
  'v0.1 intoto 0.0.1': { format: 'bundle-0.1', entry: 'intoto/0.0.1' },
  'v0.1 proof': { format: 'bundle-0.1', logOptions: { proof: true } },
  'v0.3 with timestamp': { timestamps: [{}] },
  'rekor v2': { log: 'rekor-v2' },
  'rekor v2 dsse': { log: 'rekor-v2', entry: 'dsse/0.0.2' },
  'rekor v2 cosigned': {
    log: 'rekor-v2',
    logOptions: { signers: [witnessSigner('witness.example', signingTime), makeWorld().rekorV2.signer] },
  },
  'rekor v2 no certificates in timestamp': { log: 'rekor-v2', timestamps: [{ embedCertificates: false }] },
  message: { content: 'message' },
  'message rekor v2': { content: 'message', log: 'rekor-v2' },
  email: {
    identity: { iss: 'https://accounts.example.com', san: { type: 'email', value: 'dev@example.org' } },
    statement: cycloneDx,
  },
  key: { signer: 'key', seed: 'key', statement: verificationSummary() },
  'key no log': { signer: 'key', seed: 'key', log: 'none', statement: verificationSummary() },
  'key raw envelope': { signer: 'key', seed: 'key', format: 'envelope', statement: cycloneDx },
  'key raw envelope, two signatures': {
    signer: 'key',
    seed: 'key',
    format: 'envelope',
    signatures: 2,
    statement: cycloneDx,
  },
  'another instance': { world: makeWorld('elsewhere') },
};

/** Evidence of every form, made in process. */
export function ownSources(): Source[] {
  const made = Object.entries(variants).map(([name, options]): [string, EvidenceFixture] => [
    name,
    makeEvidence(options),
  ]);
  const sources = made.map(([name, fixture]) => source(`own/${name}`, fixture, fixture.bytes));
  const first = makeEvidence();
  sources.push(
    source('own/json lines', first, jsonLines(first, makeEvidence({ seed: 'second', log: 'rekor-v2' }))),
  );
  sources.push(
    knownByDigest('own/message by digest', makeEvidence({ content: 'message', seed: 'by digest' })),
  );
  return sources;
}

function knownByDigest(name: string, fixture: EvidenceFixture): Source {
  const { name: artifact, digests } = fixture.artifact;
  return { ...source(name, fixture, fixture.bytes), artifact: { name: artifact, kind: 'digest', digests } };
}

/** Evidence that is wrong in one place; what is wrong may be the last of several checks. */
export async function nearMisses(): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [name, defect] of Object.entries(defects)) {
    const fixture = defect.make();
    const signer =
      fixture.identity === undefined
        ? { key: { pem: fixture.publicKeyPem } }
        : { issuer: fixture.issuer ?? '', identity: fixture.identity };
    const target = await makeNearMiss(source(`near miss/${name}`, fixture, fixture.bytes), signer);
    if (target.items.length > 0 && target.items.every(isObject)) targets.push(target);
  }
  return targets;
}

function source(name: string, fixture: EvidenceFixture, bytes: Buffer): Source {
  return { name, bytes, artifact: artifactOf(fixture), trust: trustOf(fixture) };
}
