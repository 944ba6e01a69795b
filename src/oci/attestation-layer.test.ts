import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { authenticate } from '#core/sigstore/authenticate';
import { pem } from '../../test/sigstore/material.ts';
import { legacyLayer, type LegacyLayer } from '../../test/registry/content.ts';
import { makeEvidence, type EvidenceOptions } from '../../test/sigstore/make-evidence.ts';
import { artifactOf, trustOf } from '../../test/sigstore/trust.ts';
import { evidenceOfLayer } from './attestation-layer.ts';

function refusal({ fixture, blob, annotations }: LegacyLayer): string {
  try {
    authenticate(evidenceOfLayer(blob, annotations, 'layer'), artifactOf(fixture), trustOf(fixture));
    return 'accepted';
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

describe('a layer of a .att tag authenticates', () => {
  test.each<[string, EvidenceOptions]>([
    ['intoto 0.0.1', {}],
    ['intoto 0.0.2', { entry: 'intoto/0.0.2' }],
    ['dsse 0.0.1', { entry: 'dsse/0.0.1' }],
    ['with a signed timestamp', { timestamps: [{}] }],
    ['by a plain key', { signer: 'key' }],
    ['by a plain key, without a log', { signer: 'key', log: 'none' }],
  ])('%s', (_, options) => {
    const { fixture, blob, annotations } = legacyLayer(options);
    const evidence = evidenceOfLayer(blob, annotations, 'layer');
    const { signers } = authenticate(evidence, artifactOf(fixture), trustOf(fixture));
    expect(signers).toHaveLength(1);
    expect(signers[0]).toMatchObject({ identity: fixture.identity, issuer: fixture.issuer });
    expect(signers[0]?.logEntries.map(({ inclusion }) => inclusion)).toEqual(
      options.log === 'none' ? [] : ['promise'],
    );
  });
});

describe('and is refused', () => {
  const bundle = 'dev.sigstore.cosign/bundle';
  const change =
    (name: string, edit: (text: string) => string): ((it: LegacyLayer) => LegacyLayer) =>
    (it) => ({ ...it, annotations: { ...it.annotations, [name]: edit(it.annotations[name] ?? '') } });
  const blob =
    (edit: (text: string) => string): ((it: LegacyLayer) => LegacyLayer) =>
    (it) => ({ ...it, blob: Buffer.from(edit(it.blob.toString())) });

  test.each<[string, (it: LegacyLayer) => LegacyLayer, string]>([
    ['another spelling of the envelope than was logged', blob((it) => `${it}\n`), 'LOG_ENTRY_MISMATCH'],
    ['a blob that is not JSON', blob(() => 'x'), 'JSON_SYNTAX'],
    ['a blob that is no envelope', blob(() => '{}'), 'SIGNATURE_MISSING'],
    ['two signatures', blob((it) => it.replace('[{', '[{"sig":"AAAA"},{')), 'BUNDLE_INVALID'],
    ['no log entry', change(bundle, () => ''), 'LOG_ENTRY_MISSING'],
    ['a log entry that is not JSON', change(bundle, () => 'x'), 'JSON_SYNTAX'],
    ['a log entry that is no object', change(bundle, () => '[]'), 'BUNDLE_INVALID'],
    ['an unknown field', change(bundle, (it) => it.replace('{', '{"x":1,')), 'BUNDLE_INVALID'],
    ['no promise', change(bundle, (it) => it.replace('SignedEntryTimestamp', 'X')), 'BUNDLE_INVALID'],
    ['a key twice', change(bundle, (it) => it.replace('{', '{"Payload":1,')), 'JSON_DUPLICATE_KEY'],
    [
      'a log id that is not hex',
      change(bundle, (it) => it.replace(/"logID":"../, '"logID":"zz')),
      'HEX_INVALID',
    ],
    ['an unknown log', change(bundle, (it) => it.replace(/"logID":"..../, '"logID":"0000')), 'LOG_UNTRUSTED'],
    [
      'another time',
      change(bundle, (it) =>
        it.replace(/"integratedTime":(\d+)/, (_, time) => `"integratedTime":${Number(time) + 1}`),
      ),
      'LOG_PROMISE_INVALID',
    ],
    [
      'a negative index',
      change(bundle, (it) => it.replace(/"logIndex":\d+/, '"logIndex":-1')),
      'BUNDLE_INVALID',
    ],
    ['no certificate below a chain', change('dev.sigstore.cosign/certificate', () => ''), 'BUNDLE_INVALID'],
    ['a certificate that is not PEM', change('dev.sigstore.cosign/certificate', () => 'x'), 'BUNDLE_INVALID'],
    ['two certificates', change('dev.sigstore.cosign/certificate', (it) => it + it), 'BUNDLE_INVALID'],
    [
      'a key for a certificate',
      change('dev.sigstore.cosign/certificate', (it) => it.replaceAll('CERTIFICATE', 'PUBLIC KEY')),
      'BUNDLE_INVALID',
    ],
    ['text between certificates', change('dev.sigstore.cosign/chain', (it) => `${it}x`), 'BUNDLE_INVALID'],
    [
      'another chain than the trusted authority',
      change('dev.sigstore.cosign/chain', () =>
        pem('CERTIFICATE', makeEvidence({ seed: 'x' }).certificate ?? Buffer.alloc(0)),
      ),
      'CERTIFICATE_CHAIN_INVALID',
    ],
    [
      'a timestamp that is not JSON',
      change('dev.sigstore.cosign/rfc3161timestamp', () => 'x'),
      'JSON_SYNTAX',
    ],
    [
      'a garbage timestamp',
      change('dev.sigstore.cosign/rfc3161timestamp', () => '{"SignedRFC3161Timestamp":"AAAA"}'),
      'TIMESTAMP_INVALID',
    ],
  ])('%s', (_, edit, code) => {
    expect(refusal(edit(legacyLayer()))).toBe(code);
  });

  test('an inherited annotation is none', () => {
    const { fixture, blob: bytes, annotations } = legacyLayer();
    const inherited: Record<string, string> = Object.create(annotations);
    expect(refusal({ fixture, blob: bytes, annotations: inherited })).toBe('KEY_UNKNOWN');
  });
});
