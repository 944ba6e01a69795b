import { describe, expect, test } from 'vitest';
import { parsePublicKey } from '#core/crypto/public-key';
import type { TrustedKey } from '#core/trust/trust';
import { makeKey } from '../../test/sigstore/keys.ts';
import {
  makeEvidence,
  type EvidenceFixture,
  type EvidenceOptions,
} from '../../test/sigstore/make-evidence.ts';
import { trustedKeyOf } from '../../test/sigstore/trust.ts';
import { outcome } from '../../test/sigstore/question.ts';

describe('raw envelopes', () => {
  const options: EvidenceOptions = { signer: 'key', format: 'envelope' };
  const two = makeEvidence({ ...options, signatures: 2 });
  test.each<[string, EvidenceFixture, string]>([
    ['one signature', makeEvidence(options), 'key.pub'],
    ['a second by a stranger', two, 'key.pub'],
    [
      'the same twice',
      makeEvidence({ ...options, editEnvelope: (it) => it.signatures.push(...it.signatures) }),
      'key.pub',
    ],
    [
      'the right one last',
      makeEvidence({
        ...options,
        signatures: 2,
        editEnvelope: (it) => (it.signatures = it.signatures.toReversed()),
      }),
      'key.pub',
    ],
    [
      'no key id',
      makeEvidence({ ...options, editEnvelope: (it) => it.signatures.forEach((one) => delete one.keyid) }),
      'key.pub',
    ],
    [
      'an unknown field, as DSSE allows',
      makeEvidence({ ...options, editEnvelope: (it) => Object.assign(it, { x: 1 }) }),
      'key.pub',
    ],
    [
      'only a stranger',
      makeEvidence({ ...options, signatures: 2, editEnvelope: (it) => it.signatures.shift() }),
      'KEY_UNKNOWN',
    ],
    [
      'another payload',
      makeEvidence({ ...options, editEnvelope: (it) => (it.payload = 'e30=') }),
      'SIGNATURE_INVALID',
    ],
    [
      'another payload type',
      makeEvidence({ ...options, editEnvelope: (it) => (it.payloadType = 'x') }),
      'SIGNATURE_INVALID',
    ],
    ['a certificate without a log', makeEvidence({ format: 'envelope' }), 'LOG_ENTRY_MISSING'],
  ])('%s', (_, fixture, expected) => {
    expect(outcome({ fixture })).toBe(expected);
  });
  test('two trusted keys are two signers', () => {
    const first = trustedKeyOf(two);
    const second = makeKey('p256', 'signer/first/1');
    const other: TrustedKey = {
      ...first,
      name: 'second.pub',
      hints: [],
      key: parsePublicKey(Buffer.from(second.publicKey.export({ type: 'spki', format: 'pem' })), 'x'),
    };
    expect(outcome({ fixture: two, trust: { root: undefined, keys: [first, other] } })).toBe(
      'key.pub, second.pub',
    );
  });
  test('a signature without certificate and key id, and no key', () => {
    const fixture = makeEvidence({
      ...options,
      editEnvelope: (it) => it.signatures.forEach((one) => delete one.keyid),
    });
    expect(outcome({ fixture, trust: { root: undefined, keys: [] } })).toBe('LOG_ENTRY_MISSING');
  });
});
