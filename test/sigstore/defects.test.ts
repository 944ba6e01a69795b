import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine, type Examined } from '#core/verify/examine';

import { defects } from './defects.ts';
import { generatorClaims } from './claims.ts';
import { jsonLines, makeEvidence, type EvidenceFixture, type EvidenceOptions } from './make-evidence.ts';
import { makeCtLog } from './ct-log.ts';
import { makeFulcio } from './fulcio.ts';
import { makeRekorV1 } from './rekor.ts';
import { makeTimestampAuthority } from './timestamp-authority.ts';
import { makeWorld } from './world.ts';
import { cycloneDx, npmProvenance, spdx, verificationSummary } from './statement.ts';
import { artifactOf, trustOf } from './trust.ts';

function examineAll(fixture: EvidenceFixture): readonly Examined[] {
  const trust = trustOf(fixture);
  return parseEvidence(fixture.bytes, 'evidence').map((item) => examine(item, artifactOf(fixture), trust));
}

/** The first reason for which the core refuses the fixture's evidence, whatever a policy says. */
function refusal(fixture: EvidenceFixture): Reason | undefined {
  try {
    for (const { failure, readings } of examineAll(fixture)) {
      if (failure !== undefined) return failure;
      for (const reading of readings) if ('failure' in reading) return reading.failure;
    }
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

describe('genuine evidence passes', () => {
  const genuine: Record<string, EvidenceOptions> = {
    'bundle v0.3': {},
    'bundle v0.2': { format: 'bundle-0.2' },
    'bundle v0.1': { format: 'bundle-0.1' },
    'bundle v0.1 with a proof': { format: 'bundle-0.1', logOptions: { proof: true } },
    'intoto 0.0.1': { entry: 'intoto/0.0.1' },
    'intoto 0.0.2': { entry: 'intoto/0.0.2' },
    'SLSA generator': { claims: generatorClaims },
    'Rekor v2': { log: 'rekor-v2' },
    'Rekor v2, dsse 0.0.2': { log: 'rekor-v2', entry: 'dsse/0.0.2' },
    'Rekor v2, P-384 leaf': { log: 'rekor-v2', keyType: 'p384' },
    'Rekor v1 and a timestamp': { timestamps: [{}] },
    'timestamp in milliseconds': { timestamps: [{ time: new Date('2026-01-15T10:00:00.120Z') }] },
    'timestamp without certificates': { log: 'rekor-v2', timestamps: [{ embedCertificates: false }] },
    'timestamp by RSA': {
      world: { ...makeWorld(), tsa: makeTimestampAuthority('tsa-rsa', { type: 'rsa' }) },
      timestamps: [{}],
    },
    'timestamp by P-384, imprint SHA-512': {
      world: { ...makeWorld(), tsa: makeTimestampAuthority('tsa-p384', { type: 'p384' }) },
      timestamps: [{ imprintHash: 'sha512' }],
    },
    'Rekor v1 with an Ed25519 key': { world: { ...makeWorld(), rekorV1: makeRekorV1('ed25519', 'ed25519') } },
    'CT log with an RSA key': { world: { ...makeWorld(), ctLog: makeCtLog('rsa', 'rsa') } },
    'authority without intermediate': {
      world: { ...makeWorld(), fulcio: makeFulcio('single', { intermediate: false }) },
    },
    'checkpoint with extension lines': {
      logOptions: { checkpointExtra: ['Timestamp: 1768471200000000000'] },
    },
    'P-384 leaf': { keyType: 'p384' },
    'RSA leaf': { keyType: 'rsa' },
    'Ed25519 leaf': { keyType: 'ed25519' },
    'e-mail identity': {
      identity: { iss: 'https://accounts.example.com', san: { type: 'email', value: 'dev@example.org' } },
      statement: cycloneDx,
    },
    'user name identity': {
      identity: { iss: 'https://oauth.example.com', san: { type: 'other-name', value: 'dev!example.org' } },
      statement: cycloneDx,
    },
    message: { content: 'message' },
    'message, Rekor v2': { content: 'message', log: 'rekor-v2' },
    'message, P-384': { content: 'message', keyType: 'p384' },
    'plain key': { signer: 'key' },
    'plain key, no log': { signer: 'key', log: 'none' },
    'plain key, raw envelope': { signer: 'key', format: 'envelope' },
    'plain Ed25519 key, raw envelope, two signatures': {
      signer: 'key',
      keyType: 'ed25519',
      format: 'envelope',
      signatures: 2,
    },
    'npm provenance': { statement: npmProvenance },
    SPDX: { statement: spdx },
    'verification summary': { statement: verificationSummary() },
  };
  test.each(Object.entries(genuine))('%s', (_, options) => {
    expect(refusal(makeEvidence(options))).toBeUndefined();
  });

  test('JSON lines', () => {
    const first = makeEvidence();
    const lines = { ...first, bytes: jsonLines(first, makeEvidence({ seed: 'second', log: 'rekor-v2' })) };
    expect(examineAll(lines)).toHaveLength(2);
    expect(refusal(lines)).toBeUndefined();
  });
});

describe('every defect is refused for its own reason', () => {
  test.each(Object.entries(defects))('%s', (_, defect) => {
    expect(refusal(defect.make())).toMatchObject({ code: defect.code });
  });
});
