import { strangerSigner } from '../sigstore/checkpoint.ts';
import { makeCtLog } from '../sigstore/ct-log.ts';
import { base64 } from '../sigstore/json.ts';
import { makeKey } from '../sigstore/keys.ts';
import type { Logged } from '../sigstore/log-body.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { makeWorld } from '../sigstore/world.ts';
import { basicConstraints, extendedKeyUsage, extensionOids, usage } from '../../release/local/x509.ts';

const stranger = makeKey('p384', 'stranger');
const here = makeWorld();
const elsewhere = makeWorld('elsewhere');

/**
 * The payload that a thief puts under somebody's signature, and has logged with it: changed where no certificate
 * contradicts it.
 */
const stolen = (encoded: string): string =>
  base64(Buffer.from(encoded, 'base64').toString().replaceAll('"name":"image"', '"name":"another"'));

const ofStolen = (logged: Logged): Logged => {
  if (logged.content.kind !== 'dsse') return logged;
  const payload = stolen(logged.content.envelope.payload);
  const envelope = { ...logged.content.envelope, payload };
  return { ...logged, content: { ...logged.content, envelope, payload: Buffer.from(payload, 'base64') } };
};

/** What was logged is signed by somebody else: some kinds of entry hold the signature, others the envelope's digest. */
const ofAnotherSignature = (logged: Logged): Logged => {
  const sig = stranger.sign(Buffer.from('x'));
  if (logged.content.kind !== 'dsse') return { ...logged, signatures: [sig] };
  const envelope = { ...logged.content.envelope, signatures: [{ sig: base64(sig) }] };
  return { content: { ...logged.content, envelope }, signatures: [sig], verifiers: logged.verifiers };
};

const ofAnotherPayload = (logged: Logged): Logged =>
  logged.content.kind === 'dsse'
    ? { ...logged, content: { ...logged.content, payload: Buffer.from('{}') } }
    : logged;

/** Wrong in one place, and otherwise signed, logged and stamped as it should be: only one check refuses it. */
export const wrongs: Readonly<Record<string, EvidenceOptions>> = {
  'signed over another payload': {
    logged: ofStolen,
    editEnvelope: (envelope) => {
      envelope.payload = stolen(envelope.payload);
    },
  },
  'of another image': { subjects: [{ name: 'image', digest: { sha256: 'ab'.repeat(32) } }] },
  'of another payload type': { payloadType: 'text/plain' },
  'log entry of another signature': { logged: ofAnotherSignature },
  'log entry of another payload': { logged: ofAnotherPayload },
  'log entry by another log': {
    world: { ...here, rekorV1: elsewhere.rekorV1, rekorV2: elsewhere.rekorV2 },
  },
  'no log entry': { log: 'none' },
  'promise by a stranger': { logOptions: { promiseKey: makeKey('p256', 'stranger') } },
  'checkpoint by a stranger': { logOptions: { signers: [strangerSigner(here.rekorV2.origin)] } },
  'checkpoint of another tree': { logOptions: { checkpointRoot: Buffer.alloc(32, 9) } },
  'proof of another tree than its checkpoint': {
    edit: ({ verificationMaterial }) => {
      for (const { inclusionProof } of verificationMaterial.tlogEntries ?? [])
        if (inclusionProof !== undefined) inclusionProof.rootHash = base64(Buffer.alloc(32, 9));
    },
  },
  'proof of another entry': {
    edit: ({ verificationMaterial }) => {
      for (const { inclusionProof } of verificationMaterial.tlogEntries ?? [])
        if (inclusionProof !== undefined) inclusionProof.logIndex = '5';
    },
  },
};

/** Of the certificate. */
export const certificateWrongs: Readonly<Record<string, EvidenceOptions>> = {
  'certificate by a stranger': { leaf: { issuerKey: stranger } },
  'certificate of an authority': {
    leaf: { extensions: (list) => [...list, basicConstraints(true)] },
  },
  'certificate for servers': {
    leaf: {
      extensions: (list) =>
        list.map((it) =>
          it.oid === extensionOids.extendedKeyUsage ? extendedKeyUsage([usage.serverAuth]) : it,
        ),
    },
  },
  'chain of a stranger': { world: { ...here, fulcio: { ...here.fulcio, chain: elsewhere.fulcio.chain } } },
  'SCT by a stranger': { leaf: { scts: [{ badSignature: true }] } },
  'SCT of an unknown log': { leaf: { scts: [{ log: makeCtLog('elsewhere') }] } },
  'no SCT': { leaf: { scts: [] } },
  'certificate expired before the log saw it': { logOptions: { time: new Date('2026-01-15T11:00:00Z') } },
  'certificate not yet valid when the log saw it': {
    logOptions: { time: new Date('2026-01-15T09:00:00Z') },
  },
  'certificate expired before it was stamped': { timestamps: [{ time: new Date('2026-01-15T11:00:00Z') }] },
  'nothing says when': { logOptions: { promise: false }, timestamps: [] },
  'no log entry, but a timestamp': { log: 'none', timestamps: [{}] },
  'log entry of another signer': {
    logged: (logged) => ({ ...logged, verifiers: [makeEvidence({ seed: 'another signer' })] }),
  },
  'timestamp by a stranger': { timestamps: [{ signingKey: stranger }] },
  'timestamp by an unknown authority': { timestamps: [{ authority: elsewhere.tsa }] },
  'timestamp over something else': { timestamps: [{ over: Buffer.from('another') }] },
};
