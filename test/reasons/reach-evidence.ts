import { generateKeyPairSync } from 'node:crypto';
import { fromHex } from '#core/bytes/hex';
import { decodeSnappy } from '#core/bytes/snappy';
import { parsePublicKey } from '#core/crypto/public-key';
import { readDer, tags } from '#core/asn1/der';
import { limits } from '#core/limits';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { base64 } from '../sigstore/json.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { npmPublish } from '../sigstore/statement.ts';
import { artifactOf, trustedKeyOf } from '../sigstore/trust.ts';
import { anyGithub, defect, judged, required, thrown, type Reaches } from './reach.ts';

const byKey = makeEvidence({ signer: 'key' });
const withKey = (fixture: typeof byKey) => ({
  requirements: [{ signers: [{ key: { pem: fixture.publicKeyPem }, transparencyLog: 'optional' as const }] }],
});

/** Codes of bytes, keys, certificates, evidence, logs, timestamps and statements. */
export const evidenceReaches = {
  INPUT_TOO_LARGE: () => thrown(() => parseEvidence(Buffer.alloc(limits.evidenceFile + 1, 32), 'large')),
  UTF8_INVALID: defect('statement: not UTF-8'),
  BASE64_INVALID: defect('envelope: signature in bad base64'),
  HEX_INVALID: () => thrown(() => fromHex('ABC')),
  SNAPPY_INVALID: () => thrown(() => decodeSnappy(Buffer.from('{}'), 1000, 'a bundle')),
  JSON_SYNTAX: defect('statement: not JSON'),
  JSON_DUPLICATE_KEY: defect('statement: a key twice'),
  JSON_TOO_DEEP: defect('document: nested too deep'),
  DER_INVALID: () => thrown(() => readDer(Buffer.from('3001', 'hex'), tags.sequence)),
  KEY_INVALID: () => thrown(() => parsePublicKey(Buffer.from('not a key'), 'key.pub')),
  KEY_UNSUPPORTED: () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    return thrown(() =>
      parsePublicKey(Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })), 'key.pub'),
    );
  },
  KEY_UNKNOWN: defect('key: nobody knows it'),
  KEY_EXPIRED: () => {
    const key = { ...trustedKeyOf(byKey), notAfter: '2020-01-01T00:00:00Z' };
    const root = parseTrustedRoot(byKey.trustedRootBytes, 'root');
    return judged(byKey, withKey(byKey), { trust: { root, keys: [key] } });
  },
  CERTIFICATE_INVALID: defect('certificate: garbage'),
  CERTIFICATE_EXTENSION_INVALID: defect('certificate: Fulcio extension that is not known'),
  CERTIFICATE_EXTENSION_DUPLICATE: defect('certificate: an extension twice'),
  CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL: defect('certificate: unknown critical extension'),
  CERTIFICATE_EXTENSION_CONTRADICTION: defect('certificate: two issuers of the token'),
  CERTIFICATE_IS_CA: defect('certificate: a CA'),
  CERTIFICATE_USAGE_INVALID: defect('certificate: for servers'),
  CERTIFICATE_SAN_INVALID: defect('certificate: two names'),
  CERTIFICATE_CHAIN_INVALID: defect('bundle: chain with an authority of its own'),
  CERTIFICATE_UNTRUSTED: defect('trust: another instance'),
  CERTIFICATE_OUTSIDE_VALIDITY: defect('certificate: expired before the log saw it'),
  SCT_MISSING: defect('SCT: none'),
  SCT_INVALID: defect('SCT: bad signature'),
  SCT_UNTRUSTED: defect('SCT: of an unknown log'),
  EVIDENCE_EMPTY: defect('document: empty'),
  EVIDENCE_UNRECOGNISED: defect('document: something else'),
  EVIDENCE_TOO_MANY: () =>
    thrown(() => parseEvidence(Buffer.from('{"a":1}\n'.repeat(limits.evidenceItems + 1)), 'many')),
  BUNDLE_INVALID: defect('bundle: two contents'),
  BUNDLE_VERSION_UNSUPPORTED: defect('bundle: unknown version'),
  ENVELOPE_INVALID: () =>
    judged(
      makeEvidence({
        format: 'envelope',
        editEnvelope: ({ signatures: [first] }) => {
          if (first !== undefined) first.cert = `${first.cert}${first.cert}`;
        },
      }),
      { requirements: [{ signers: [anyGithub] }] },
    ),
  PAYLOAD_TYPE_UNSUPPORTED: defect('envelope: unsupported payload type'),
  SIGNATURE_MISSING: defect('envelope: no signature'),
  SIGNATURE_INVALID: defect('envelope: another payload'),
  ARTIFACT_CONTENT_REQUIRED: () => {
    const fixture = makeEvidence({
      content: 'message',
      signer: 'key',
      keyType: 'ed25519',
      log: 'none',
      hash: 'sha512',
    });
    const { content: _, ...artifact } = artifactOf(fixture);
    return judged(fixture, withKey(fixture), { artifact });
  },
  LOG_ENTRY_MISSING: defect('log: no entry'),
  LOG_ENTRY_INVALID: defect('entry: body is not JSON'),
  LOG_ENTRY_UNSUPPORTED: required(
    {},
    {
      edit: ({ verificationMaterial: { tlogEntries: [first] = [] } }) => {
        if (first === undefined) return;
        first.kindVersion = { kind: 'helm', version: '0.0.1' };
        first.canonicalizedBody = base64(Buffer.from('{"apiVersion":"0.0.1","kind":"helm","spec":{}}'));
      },
    },
  ),
  LOG_ENTRY_MISMATCH: defect('entry: of another signature'),
  LOG_UNTRUSTED: defect('log: unknown'),
  LOG_KEY_OUTSIDE_VALIDITY: defect('log: key no longer valid'),
  LOG_PROMISE_INVALID: defect('promise: bad signature'),
  LOG_PROOF_MISSING: defect('proof: none'),
  LOG_PROOF_INVALID: defect('proof: a changed hash'),
  CHECKPOINT_INVALID: defect('checkpoint: no size'),
  CHECKPOINT_UNTRUSTED: defect('checkpoint: only a stranger signed'),
  TIMESTAMP_INVALID: defect('timestamp: garbage'),
  TIMESTAMP_UNTRUSTED: defect('timestamp: of an unknown authority'),
  TIMESTAMP_MISMATCH: defect('timestamp: over another signature'),
  TIMESTAMP_OUTSIDE_VALIDITY: defect('timestamp: authority not yet trusted then'),
  TIME_UNPROVEN: defect('time: Rekor v2 without timestamp'),
  TRUST_ROOT_INVALID: () => thrown(() => parseTrustedRoot(Buffer.from('{}'), 'trusted_root.json')),
  TRUST_ROOT_MISMATCH: () => thrown(() => parseTrustedRoot(Buffer.from('{}'), 'trusted_root.json', '00')),
  STATEMENT_INVALID: defect('statement: no subject'),
  STATEMENT_TYPE_UNSUPPORTED: defect('statement: unknown type'),
  DIGEST_INVALID: defect('statement: short digest'),
  RESOURCE_DESCRIPTOR_INVALID: defect('statement: subject without digest'),
  ARTIFACT_DIGEST_MISMATCH: defect('statement: another artifact'),
  PROVENANCE_INVALID: defect('provenance: empty predicate'),
  VSA_INVALID: defect('summary: empty predicate'),
  SBOM_INVALID: defect('SBOM: empty predicate'),
  PREDICATE_INVALID: required({}, { statement: npmPublish('example', '1.2.3') }),
  PROVENANCE_CONTRADICTS_CERTIFICATE: defect('provenance: another repository'),
} satisfies Reaches;
