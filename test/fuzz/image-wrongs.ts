import { makeCtLog } from '../sigstore/ct-log.ts';
import { base64 } from '../sigstore/json.ts';
import { makeKey } from '../sigstore/keys.ts';
import type { Logged } from '../sigstore/log-body.ts';
import type { EvidenceOptions } from '../sigstore/make-evidence.ts';

const stranger = makeKey('p384', 'stranger');

/** The payload that a thief puts under somebody's signature, and has logged with it. */
const stolen = (encoded: string): string =>
  base64(Buffer.from(encoded, 'base64').toString().replaceAll('v1.2.3', 'v6.6.6'));

const ofStolen = (logged: Logged): Logged => {
  if (logged.content.kind !== 'dsse') return logged;
  const payload = stolen(logged.content.envelope.payload);
  const envelope = { ...logged.content.envelope, payload };
  return { ...logged, content: { ...logged.content, envelope, payload: Buffer.from(payload, 'base64') } };
};

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
  'log entry of another signature': {
    logged: (logged) => ({ ...logged, signatures: [stranger.sign(Buffer.from('x'))] }),
  },
};

/** Of the certificate. */
export const certificateWrongs: Readonly<Record<string, EvidenceOptions>> = {
  'certificate by a stranger': { leaf: { issuerKey: stranger } },
  'SCT by a stranger': { leaf: { scts: [{ badSignature: true }] } },
  'SCT of an unknown log': { leaf: { scts: [{ log: makeCtLog('elsewhere') }] } },
  'no SCT': { leaf: { scts: [] } },
  'certificate expired before the log saw it': { logOptions: { time: new Date('2026-01-15T11:00:00Z') } },
  'timestamp by a stranger': { timestamps: [{ signingKey: stranger }] },
  'timestamp over something else': { timestamps: [{ over: Buffer.from('another') }] },
};
