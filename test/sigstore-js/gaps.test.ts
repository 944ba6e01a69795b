import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, test } from 'vitest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import type { ReasonCode } from '#core/errors/codes';
import { globPattern, loadRegexpEngine, regexpPattern } from '#core/policy/pattern';
import { authenticate } from '#core/sigstore/authenticate';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { contextPrimitive, sequence } from '../../release/local/der.ts';
import { rawExtension, utf8Extension } from '../../release/local/fulcio-extensions.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { artifactOf as coreArtifact, trustOf } from '../sigstore/trust.ts';
import { makeWorld } from '../sigstore/world.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  extensionOids,
  keyUsage,
  usage,
  type Extension,
} from '../../release/local/x509.ts';
import { caseOf, ours, theirs, type Case } from './judge.ts';

const edited = (edit: (document: string) => string, options: EvidenceOptions = {}): Case => {
  const question = caseOf('edited', makeEvidence(options));
  return { ...question, bundle: Buffer.from(edit(question.bundle.toString())) };
};
const leaf = (extensions: ExtensionEdit, options: EvidenceOptions = {}): Case =>
  caseOf('leaf', makeEvidence({ ...options, leaf: { extensions } }));
type ExtensionEdit = NonNullable<NonNullable<EvidenceOptions['leaf']>['extensions']>;
const without = (oid: string, ...more: readonly Extension[]): ExtensionEdit => extensionsOnly(more, oid);
function extensionsOnly(more: readonly Extension[], oid?: string): ExtensionEdit {
  return (list) => [...list.filter((extension) => extension.oid !== oid), ...more];
}

/** The library accepts; ours refuses for the reason named. */
const accepted: readonly (readonly [gap: string, what: string, question: () => Case, code: ReasonCode])[] = [
  [
    'D',
    'a leaf without extended key usage',
    () => leaf(without(extensionOids.extendedKeyUsage)),
    'CERTIFICATE_USAGE_INVALID',
  ],
  [
    'D',
    'a leaf for servers',
    () => leaf(without(extensionOids.extendedKeyUsage, extendedKeyUsage([usage.serverAuth]))),
    'CERTIFICATE_USAGE_INVALID',
  ],
  [
    'D',
    'a leaf whose key may only sign certificates',
    () => leaf(without(extensionOids.keyUsage, keyUsage('certSign'))),
    'CERTIFICATE_USAGE_INVALID',
  ],
  [
    'D',
    'a CA certificate as leaf',
    () => leaf(extensionsOnly([basicConstraints(true)])),
    'CERTIFICATE_IS_CA',
  ],
  [
    'D',
    'an unknown critical extension',
    () => leaf(extensionsOnly([{ oid: '1.2.3.4', critical: true, value: Buffer.from([5, 0]) }])),
    'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL',
  ],
  [
    'D',
    'an extension twice, each with another issuer',
    () => leaf(extensionsOnly([utf8Extension(8, 'https://accounts.evil.example')])),
    'CERTIFICATE_EXTENSION_DUPLICATE',
  ],
  [
    'D',
    'two alternative names',
    () =>
      leaf(
        without(extensionOids.subjectAltName, {
          oid: extensionOids.subjectAltName,
          critical: true,
          value: sequence(
            contextPrimitive(6, Buffer.from('https://one.example')),
            contextPrimitive(6, Buffer.from('https://two.example')),
          ),
        }),
      ),
    'CERTIFICATE_SAN_INVALID',
  ],
  [
    'H',
    'old and new form of the issuer that differ',
    () => leaf(without('1.3.6.1.4.1.57264.1.1', rawExtension(1, 'https://accounts.evil.example'))),
    'CERTIFICATE_EXTENSION_CONTRADICTION',
  ],
  [
    'E',
    'a checkpoint by a key whose time is long over',
    () =>
      caseOf(
        'expired log',
        makeEvidence({
          log: 'rekor-v2',
          trust: { rekorV2: { start: '2000-01-01T00:00:00Z', end: '2001-01-01T00:00:00Z' } },
        }),
      ),
    'LOG_KEY_OUTSIDE_VALIDITY',
  ],
  [
    'E',
    'a checkpoint by a key whose time has not come',
    () =>
      caseOf(
        'early log',
        makeEvidence({ log: 'rekor-v2', trust: { rekorV2: { start: '2090-01-01T00:00:00Z' } } }),
      ),
    'LOG_KEY_OUTSIDE_VALIDITY',
  ],
  [
    'I',
    'a root hash that the checkpoint does not have',
    () =>
      edited((it) => it.replace(/"rootHash":"[^"]+"/, `"rootHash":"${Buffer.alloc(32).toString('base64')}"`)),
    'LOG_PROOF_INVALID',
  ],
  [
    'I',
    'a tree size that the checkpoint does not have',
    () => edited((it) => it.replace(/"treeSize":"\d+"/, '"treeSize":"999"')),
    'LOG_PROOF_INVALID',
  ],
  [
    'J',
    'a payload behind "!!"',
    () => edited((it) => it.replace('"payload":"', '"payload":"!!')),
    'BASE64_INVALID',
  ],
  [
    'J',
    'a field that no bundle has',
    () => edited((it) => it.replace('{', '{"trustMe":true,')),
    'BUNDLE_INVALID',
  ],
  [
    'J',
    'an unknown field in a log entry',
    () => edited((it) => it.replace('"logIndex"', '"extra":1,"logIndex"')),
    'BUNDLE_INVALID',
  ],
  [
    'J',
    'a member twice',
    () => edited((it) => it.replace('"payloadType"', '"payloadType":"text/plain","payloadType"')),
    'JSON_DUPLICATE_KEY',
  ],
  [
    'K',
    'an authority of its own in the chain',
    () =>
      edited(
        (it) => {
          const bundle = JSON.parse(it);
          const [, root = Buffer.alloc(0)] = makeWorld('elsewhere').fulcio.chain;
          bundle.verificationMaterial.x509CertificateChain.certificates.push({
            rawBytes: root.toString('base64'),
          });
          return JSON.stringify(bundle);
        },
        { format: 'bundle-0.2' },
      ),
    'CERTIFICATE_CHAIN_INVALID',
  ],
  [
    'D',
    'a timestamp that does not name the certificate of its signer',
    () =>
      caseOf('tsa', makeEvidence({ log: 'rekor-v2', timestamps: [{ signingCertificateAttribute: false }] })),
    'TIMESTAMP_INVALID',
  ],
];

describe('the bare library accepts, edgeseal refuses', () => {
  test.each(accepted)('%s: %s', (_, __, make, code) => {
    const question = make();
    expect(theirs(question)).toMatchObject({ accepted: true });
    expect(ours(question)).toMatchObject({ accepted: false, code });
  });

  test('A trusted root without a beginning of validity', () => {
    const question = caseOf('root', makeEvidence());
    const root = Buffer.from(
      question.root.toString().replace(/"start":"[^"]+"/, '"end":"2035-01-01T00:00:00Z"'),
    );
    expect(theirs({ ...question, root })).toMatchObject({ accepted: true });
    expect(ours({ ...question, root })).toMatchObject({ accepted: false, code: 'TRUST_ROOT_INVALID' });
  });
});

/** A missing piece: the library's error is no refusal of its own, ours is. */
const untyped: readonly (readonly [what: string, question: () => Case, code: ReasonCode])[] = [
  ['text that is not JSON', () => edited((it) => it.slice(0, -9)), 'JSON_SYNTAX'],
  ['no bundle at all', () => edited(() => '{}'), 'EVIDENCE_UNRECOGNISED'],
  ['null', () => edited(() => 'null'), 'EVIDENCE_UNRECOGNISED'],
  [
    'a certificate that is garbage',
    () =>
      edited((it) => it.replace(/"certificate":\{"rawBytes":"[^"]+"/, '"certificate":{"rawBytes":"AAAA"')),
    'CERTIFICATE_INVALID',
  ],
  [
    'a key that nobody knows',
    () => edited((it) => it.replace(/"hint":"[^"]+"/, '"hint":"stranger"'), { signer: 'key' }),
    'KEY_UNKNOWN',
  ],
];

describe('F: the bare library fails without a typed error, edgeseal refuses with a code', () => {
  test.each(untyped)('%s', (_, make, code) => {
    const question = make();
    expect(theirs(question)).toMatchObject({ accepted: false, typed: false });
    expect(ours(question)).toMatchObject({ accepted: false, typed: true, code });
  });

  test('a certificate without any proof of time', () => {
    const fixture = makeEvidence({ log: 'none' });
    const root = TrustedRoot.fromJSON(JSON.parse(fixture.trustedRootBytes.toString()));
    const verifier = new Verifier(toTrustMaterial(root), { tlogThreshold: 0, timestampThreshold: 0 });
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(fixture.bytes.toString())));
    expect(() => verifier.verify(entity)).toThrow(TypeError);
    expect(ours(caseOf('no time', fixture))).toMatchObject({ code: 'LOG_ENTRY_MISSING' });
  });
});

/** What the library refuses although it is right. */
const refused: readonly (readonly [gap: string, what: string, question: () => Case])[] = [
  [
    'B',
    'a timestamp whose fraction has two digits',
    () => caseOf('b', makeEvidence({ timestamps: [{ time: new Date('2026-01-15T10:00:00.120Z') }] })),
  ],
  [
    'B',
    'a timestamp whose fraction has one digit',
    () => caseOf('b', makeEvidence({ timestamps: [{ time: new Date('2026-01-15T10:00:00.500Z') }] })),
  ],
  ['-', 'a log entry intoto 0.0.1', () => caseOf('intoto', makeEvidence({ entry: 'intoto/0.0.1' }))],
  [
    'F',
    'a bundle v0.1 whose proof has no checkpoint',
    () =>
      edited((it) => it.replace(/,"checkpoint":\{"envelope":"[^"]+"\}/, ''), {
        format: 'bundle-0.1',
        logOptions: { proof: true },
      }),
  ],
  [
    '-',
    'a root with a key of a kind to come, of a log that the bundle does not name',
    () => {
      const question = caseOf('root', makeEvidence());
      const root = JSON.parse(question.root.toString());
      root.tlogs[1].publicKey.rawBytes = `MEMwBQYDK2VxAzoA${'B'.repeat(76)}`;
      root.tlogs[1].publicKey.keyDetails = 'ED448';
      root.ctlogs.push({
        ...root.ctlogs[0],
        publicKey: root.tlogs[1].publicKey,
        logId: { keyId: root.tlogs[1].logId.keyId },
      });
      return { ...question, root: Buffer.from(JSON.stringify(root)) };
    },
  ],
];

describe('the bare library refuses, edgeseal proves', () => {
  test.each(refused)('%s: %s', (_, __, make) => {
    const question = make();
    expect(theirs(question)).toMatchObject({ accepted: false });
    expect(ours(question)).toMatchObject({ accepted: true });
  });

  test('a message by the digest of its artifact alone', () => {
    const fixture = makeEvidence({ content: 'message' });
    const root = TrustedRoot.fromJSON(JSON.parse(fixture.trustedRootBytes.toString()));
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(fixture.bytes.toString())));
    expect(() => new Verifier(toTrustMaterial(root)).verify(entity)).toThrow(/./);
    const [item] = parseEvidence(fixture.bytes, 'bundle');
    if (item?.kind !== 'evidence') throw new Error('no evidence');
    const byDigest = { ...coreArtifact(fixture), content: undefined };
    const { signers } = authenticate(item.evidence, byDigest, trustOf(fixture), verifyEcdsaDigest);
    expect(signers[0]?.identity).toBe(fixture.identity);
  });

  test('two signatures in one raw envelope', () => {
    const fixture = makeEvidence({ signer: 'key', format: 'envelope', signatures: 2 });
    const [item] = parseEvidence(fixture.bytes, 'envelope');
    if (item?.kind !== 'evidence') throw new Error('no evidence');
    const { signers } = authenticate(item.evidence, coreArtifact(fixture), trustOf(fixture));
    expect(signers.map(({ keyName }) => keyName)).toEqual(['key.pub']);
    const doubled = makeEvidence({ signatures: 2 });
    expect(theirs(caseOf('two', doubled))).toMatchObject({ accepted: false });
    expect(ours(caseOf('two', doubled))).toMatchObject({ accepted: false, code: 'BUNDLE_INVALID' });
  });
});

describe('C: identities are compared whole', () => {
  const identity = 'https://github.com/example-org/example/.github/workflows/release.yml@refs/tags/v1.2.3';
  const partial = ['github.com', '.', 'example-org/example', 'https://github.com/example-org/exampl'];
  const verifyAs = (fixture: EvidenceFixture, subjectAlternativeName: string): unknown => {
    const root = TrustedRoot.fromJSON(JSON.parse(fixture.trustedRootBytes.toString()));
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(fixture.bytes.toString())));
    return new Verifier(toTrustMaterial(root)).verify(entity, { subjectAlternativeName });
  };

  test('the fixture has this identity', () => {
    expect(makeEvidence().identity).toBe(identity);
  });
  test.each(partial)('the library takes %j for the identity, no pattern of ours does', async (text) => {
    expect(() => verifyAs(makeEvidence(), text)).not.toThrow();
    const engine = await loadRegexpEngine();
    for (const pattern of [globPattern(text), regexpPattern(text, engine)])
      expect(pattern.test(identity)).toBe(false);
    expect(globPattern(identity).test(identity)).toBe(true);
  });
  test('an empty identity is no leave to skip the check', () => {
    expect(() => verifyAs(makeEvidence(), '')).not.toThrow();
    expect(globPattern('').test(identity)).toBe(false);
  });
  test('a text that is no regular expression is still a text', () => {
    expect(() => verifyAs(makeEvidence(), '(a+')).toThrow(SyntaxError);
    expect(globPattern('(a+').test(identity)).toBe(false);
  });
});

describe('G: what the envelope is about', () => {
  const failureOf = (fixture: EvidenceFixture): string | undefined => {
    const [item] = parseEvidence(fixture.bytes, 'evidence');
    return item && examine(item, coreArtifact(fixture), trustOf(fixture)).failure?.code;
  };
  test('a statement about another artifact', () => {
    const fixture = makeEvidence({ subjects: [{ name: 'other', digest: { sha256: 'ab'.repeat(32) } }] });
    expect(theirs(caseOf('subject', fixture))).toMatchObject({ accepted: true });
    expect(failureOf(fixture)).toBe('ARTIFACT_DIGEST_MISMATCH');
  });
  test('a payload that is no statement', () => {
    const fixture = makeEvidence({ payloadType: 'text/plain' });
    expect(theirs(caseOf('type', fixture))).toMatchObject({ accepted: true });
    expect(failureOf(fixture)).toBe('PAYLOAD_TYPE_UNSUPPORTED');
  });
});

test('a key that a root does hold, broken, whether the evidence names it or not', () => {
  const question = caseOf('root', makeEvidence());
  const root = JSON.parse(question.root.toString());
  root.tlogs[0].publicKey.rawBytes = 'AAAA';
  const broken = { ...question, root: Buffer.from(JSON.stringify(root)) };
  expect(theirs(broken)).toMatchObject({ accepted: false, typed: false });
  expect(ours(broken)).toMatchObject({ accepted: false, code: 'TRUST_ROOT_INVALID' });
  root.tlogs[1].publicKey.rawBytes = 'AAAA';
  root.tlogs[0].publicKey = JSON.parse(question.root.toString()).tlogs[0].publicKey;
  expect(ours({ ...question, root: Buffer.from(JSON.stringify(root)) })).toMatchObject({
    code: 'TRUST_ROOT_INVALID',
  });
});
