import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { limits } from '#core/limits';
import { pem } from '../../test/sigstore/material.ts';
import { parseEnvelope } from './envelope.ts';
import { preAuthEncoding } from './pae.ts';

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

describe('pre-authentication encoding (DSSE protocol)', () => {
  test.each([
    [
      'http://example.com/HelloWorld',
      'hello world',
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    ],
    ['', '', 'DSSEv1 0  0 '],
    ['x', 'é', 'DSSEv1 1 x 2 é'],
    ['é', 'x', 'DSSEv1 2 é 1 x'],
    ['a 1 b', 'c', 'DSSEv1 5 a 1 b 1 c'],
  ])('%j %j', (type, body, expected) => {
    expect(preAuthEncoding(type, Buffer.from(body)).toString()).toBe(expected);
  });
  test('a body that is no text', () => {
    expect(preAuthEncoding('t', Buffer.from([0, 0xff]))).toEqual(
      Buffer.concat([Buffer.from('DSSEv1 1 t 2 '), Buffer.from([0, 0xff])]),
    );
  });
});

const good = { payloadType: 't', payload: 'aGk=', signatures: [{ keyid: 'k', sig: 'AQI=' }] };
const certificate = pem('CERTIFICATE', Buffer.from([0x30, 0]));

describe('envelopes', () => {
  test.each<[string, object, object]>([
    ['as it should be', good, { payloadType: 't', signatures: [{ keyid: 'k' }] }],
    ['no key id', { ...good, signatures: [{ sig: 'AQI=' }] }, { signatures: [{ keyid: undefined }] }],
    [
      'an empty key id',
      { ...good, signatures: [{ keyid: '', sig: 'AQI=' }] },
      { signatures: [{ keyid: undefined }] },
    ],
    ['the URL-safe alphabet', { ...good, payload: '-_8=' }, { payload: Buffer.from([0xfb, 0xff]) }],
    ['an empty payload', { ...good, payload: '' }, { payload: Buffer.alloc(0) }],
    ['an empty payload type', { ...good, payloadType: '' }, { payloadType: '' }],
    [
      'several signatures',
      { ...good, signatures: [...good.signatures, { sig: 'Aw==' }] },
      { signatures: [{}, {}] },
    ],
  ])('%s', (_, value, expected) => {
    for (const form of ['raw', 'bundle'] as const)
      expect(parseEnvelope(JSON.parse(JSON.stringify(value)), '', form)).toMatchObject(expected);
  });

  const signature = (it: object): object => ({ ...good, signatures: [{ sig: 'AQI=', ...it }] });
  // refused: raw; in a bundle
  test.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['null', null, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['a list', [], 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['no payload', { ...good, payload: undefined }, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['a payload that is an object', { ...good, payload: {} }, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['no payload type', { ...good, payloadType: undefined }, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['bad base64', { ...good, payload: 'aGk' }, 'BASE64_INVALID', 'BASE64_INVALID'],
    ['two alphabets', { ...good, payload: '-/8=' }, 'BASE64_INVALID', 'BASE64_INVALID'],
    ['no signatures', { ...good, signatures: undefined }, 'SIGNATURE_MISSING', 'SIGNATURE_MISSING'],
    ['an empty list', { ...good, signatures: [] }, 'SIGNATURE_MISSING', 'SIGNATURE_MISSING'],
    ['signatures that are an object', { ...good, signatures: {} }, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    ['a signature that is a text', { ...good, signatures: ['AQI='] }, 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    [
      'a signature without sig',
      { ...good, signatures: [{ keyid: 'k' }] },
      'ENVELOPE_INVALID',
      'ENVELOPE_INVALID',
    ],
    ['an empty sig', signature({ sig: '' }), 'SIGNATURE_MISSING', 'SIGNATURE_MISSING'],
    ['a sig in bad base64', signature({ sig: '!' }), 'BASE64_INVALID', 'BASE64_INVALID'],
    ['a key id that is a number', signature({ keyid: 1 }), 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    [
      'too many signatures',
      { ...good, signatures: Array.from({ length: limits.signatures + 1 }, () => ({ sig: 'AQI=' })) },
      'ENVELOPE_INVALID',
      'ENVELOPE_INVALID',
    ],
    ['a certificate that is no PEM', signature({ cert: 'x' }), 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    [
      'a key for a certificate',
      signature({ cert: pem('PUBLIC KEY', Buffer.from([0])) }),
      'ENVELOPE_INVALID',
      'ENVELOPE_INVALID',
    ],
    [
      'two certificates',
      signature({ cert: certificate + certificate }),
      'ENVELOPE_INVALID',
      'ENVELOPE_INVALID',
    ],
    ['a certificate that is a number', signature({ cert: 1 }), 'ENVELOPE_INVALID', 'ENVELOPE_INVALID'],
    // DSSE: consumers must ignore unrecognised fields; protobuf JSON refuses them.
    ['an unknown field', { ...good, extra: 1 }, 'read', 'ENVELOPE_INVALID'],
    ['an unknown field of a signature', signature({ extra: 1 }), 'read', 'ENVELOPE_INVALID'],
    ['a certificate', signature({ cert: certificate }), 'read', 'ENVELOPE_INVALID'],
    ['an empty certificate', signature({ cert: '' }), 'read', 'ENVELOPE_INVALID'],
  ])('%s', (_, value, raw, bundle) => {
    const json = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    const read = (form: 'raw' | 'bundle'): unknown =>
      outcome(() => {
        parseEnvelope(json, 'e', form);
        return 'read';
      });
    expect([read('raw'), read('bundle')]).toEqual([raw, bundle]);
  });

  test('the certificate beside a signature', () => {
    const read = parseEnvelope(JSON.parse(JSON.stringify(signature({ cert: certificate }))), '', 'raw');
    expect(read.signatures[0]?.certificate).toEqual(Buffer.from([0x30, 0]));
  });
});
