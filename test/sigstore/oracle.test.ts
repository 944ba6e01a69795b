import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';

import { generatorClaims } from './claims.ts';
import { strangerSigner, witnessSigner } from './checkpoint.ts';
import { makeCtLog } from './ct-log.ts';
import { makeFulcio } from './fulcio.ts';
import { makeEvidence, signingTime, type EvidenceOptions } from './make-evidence.ts';
import { verifyByOracle } from './oracle.ts';
import { cycloneDx, npmProvenance, spdx, verificationSummary } from './statement.ts';
import { makeTimestampAuthority } from './timestamp-authority.ts';
import { makeRekorV1 } from './rekor.ts';
import { makeWorld, type World } from './world.ts';

const singleRoot: World = { ...makeWorld('single'), fulcio: makeFulcio('single', { intermediate: false }) };
const withTsa = (type: 'p256' | 'p384'): World => ({
  ...makeWorld(),
  tsa: makeTimestampAuthority(`tsa-${type}`, { type }),
});

// What sigstore-js accepts is genuine by the judgement of code that is not ours.
const genuine: Record<string, EvidenceOptions> = {
  'bundle v0.3, dsse 0.0.1': {},
  'bundle v0.2, intermediate in the chain': { format: 'bundle-0.2' },
  'bundle v0.2, leaf only': { format: 'bundle-0.2', chain: 'leaf' },
  'bundle v0.1, promise only': { format: 'bundle-0.1' },
  'bundle v0.1, promise and proof': { format: 'bundle-0.1', logOptions: { proof: true } },
  'intoto 0.0.2': { entry: 'intoto/0.0.2' },
  'message signature, hashedrekord 0.0.1': { content: 'message' },
  'Rekor v2, envelope as hashedrekord 0.0.2': { log: 'rekor-v2' },
  'Rekor v2, dsse 0.0.2': { log: 'rekor-v2', entry: 'dsse/0.0.2' },
  'Rekor v2, message signature': { log: 'rekor-v2', content: 'message' },
  'Rekor v2, tree of one leaf': { log: 'rekor-v2', logOptions: { treeSize: 1, index: 0 } },
  'Rekor v2, last leaf of a full tree': { log: 'rekor-v2', logOptions: { treeSize: 16, index: 15 } },
  'Rekor v2, cosigned': {
    log: 'rekor-v2',
    logOptions: {
      signers: [
        witnessSigner('witness.example', signingTime),
        makeWorld().rekorV2.signer,
        strangerSigner('x.example'),
      ],
    },
  },
  'checkpoint with extension lines': { logOptions: { checkpointExtra: ['Timestamp: 1768471200000000000'] } },
  'Rekor v1 with an Ed25519 key': { world: { ...makeWorld(), rekorV1: makeRekorV1('ed25519', 'ed25519') } },
  'Rekor v1 and a timestamp': { timestamps: [{}] },
  'timestamp in milliseconds': { timestamps: [{ time: new Date('2026-01-15T10:00:00.123Z') }] },
  'timestamp without its certificate': { log: 'rekor-v2', timestamps: [{ embedCertificates: false }] },
  'timestamp by P-384, imprint SHA-512': { world: withTsa('p384'), timestamps: [{ imprintHash: 'sha512' }] },
  'timestamp, imprint SHA-384': {
    world: withTsa('p256'),
    timestamps: [{ imprintHash: 'sha384', hash: 'sha512' }],
  },
  'authority without intermediate': { world: singleRoot },
  'SCT with extensions': { leaf: { scts: [{ ctExtensions: Buffer.from([0, 0, 1, 2]) }] } },
  'CT log with an RSA key': { world: { ...makeWorld(), ctLog: makeCtLog('rsa', 'rsa') } },
  'e-mail identity': {
    identity: { iss: 'https://accounts.example.com', san: { type: 'email', value: 'dev@example.org' } },
    statement: cycloneDx,
  },
  'SLSA generator, v0.2': { claims: generatorClaims },
  'npm provenance': { statement: npmProvenance },
  'verification summary': { statement: verificationSummary() },
  SPDX: { statement: spdx },
  'plain key': { signer: 'key' },
  'plain key, message': { signer: 'key', content: 'message' },
  'plain Ed25519 key': { signer: 'key', keyType: 'ed25519' },
  'leaf with an Ed25519 key': { keyType: 'ed25519' },
  'leaf with an RSA key': { keyType: 'rsa' },
  'leaf with a P-384 key and SHA-256': { keyType: 'p384', hash: 'sha256' },
};

test.each(Object.entries(genuine))('sigstore-js accepts: %s', (_, options) => {
  expect(() => verifyByOracle(makeEvidence(options))).not.toThrow();
});

test('sigstore-js refuses a changed payload', () => {
  const fixture = makeEvidence({
    editEnvelope: (envelope) => {
      envelope.payload = Buffer.from('{}').toString('base64');
    },
  });
  expect(() => verifyByOracle(fixture)).toThrow(/./);
});

test('fixtures are the same in each run', () => {
  expect(makeEvidence().bytes).toEqual(makeEvidence().bytes);
});

test('OpenSSL reads the certificates', () => {
  const { certificate, world } = makeEvidence();
  const leaf = new X509Certificate(certificate ?? '');
  const [intermediate, root] = world.fulcio.chain.map((der) => new X509Certificate(der));
  expect(leaf.checkIssued(intermediate ?? leaf)).toBe(true);
  expect(leaf.verify(world.fulcio.key.publicKey)).toBe(true);
  expect(intermediate?.verify(root?.publicKey ?? leaf.publicKey)).toBe(true);
  expect(leaf.subjectAltName).toContain('https://github.com/example-org/example');
});
