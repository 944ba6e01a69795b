import { createPublicKey, verify, type JsonWebKeyInput } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digest } from '#core/bytes/digest';
import { parseSpki } from '#core/crypto/public-key';
import { verifySignature } from '#core/crypto/signature';
import { leafHash, verifyInclusion } from '#core/tlog/merkle';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { parseTimestamp } from '#core/tsa/timestamp';
import { boolean, integer, octetString, oid, sequence } from '../../release/local/der.ts';
import { TIMESTAMP_POLICY } from '../../release/local/timestamp.ts';
import { InProcess } from './in-process.ts';
import { clientKey, keyRequest } from './request.ts';

const local = new InProcess();
const { issuer } = local.services;

/** Asks for a certificate, which is logged. */
function certify(): void {
  const token = issuer.token({});
  const body = keyRequest(token, clientKey(), 'repo:example-org/example:ref:refs/tags/v0.1.0');
  local.json('/api/v2/signingCert', { body });
}

describe('the issuer', () => {
  const environment = issuer.begin({ repository: 'kubeedge/edgeseal' });
  const ask = (query: string, secret: string): ReturnType<InProcess['ask']> =>
    local.ask(`${environment.ACTIONS_ID_TOKEN_REQUEST_URL}${query}`, {
      headers: { authorization: `bearer ${secret}` },
    });

  test('gives a job a token for the audience that it asks for, signed by a key of its set', () => {
    const answer = ask('&audience=sigstore', environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
    const { value, count }: { value: string; count: number } = JSON.parse(answer.text);
    expect(count).toBe(value.length);
    const [header = '', payload = '', signature = ''] = value.split('.');
    const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({
      iss: 'http://127.0.0.1:4711',
      aud: 'sigstore',
      sub: 'repo:kubeedge/edgeseal:ref:refs/tags/v0.1.0',
      repository: 'kubeedge/edgeseal',
      repository_owner: 'kubeedge',
      ref_type: 'tag',
      exp: Number(claims['iat']) + 300,
      nbf: Number(claims['iat']) - 600,
    });
    const { jwks_uri } = local.json('/.well-known/openid-configuration');
    const { keys } = local.json(String(jwks_uri));
    const [jwk] = keys as (JsonWebKeyInput['key'] & { kid: string })[];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      typ: 'JWT',
      alg: 'ES256',
      kid: jwk?.kid,
    });
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const data = Buffer.from(`${header}.${payload}`);
    expect(
      verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    expect(jwk).not.toHaveProperty('d');
  });

  test('without an audience it is that of the owner', () => {
    const { value }: { value: string } = JSON.parse(ask('', environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN).text);
    const claims: unknown = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'https://github.com/kubeedge' });
  });

  test.each(['', 'another'])('nobody else gets one: %j', (secret) => {
    expect(ask('&audience=sigstore', secret).status).toBe(401);
  });
});

describe('the CT log', () => {
  certify();
  certify();

  test('has every precertificate, under its signed head', () => {
    const head = local.json('/ct/v1/get-sth');
    expect(head['tree_size']).toBeGreaterThanOrEqual(2);
    const { entries } = local.json('/ct/v1/get-entries?start=0&end=1');
    const [first] = entries as { leaf_input: string; extra_data: string }[];
    const leaf = leafHash(Buffer.from(first?.leaf_input ?? '', 'base64'));
    const query = `hash=${encodeURIComponent(leaf.toString('base64'))}&tree_size=${String(head['tree_size'])}`;
    const proof = local.json(`/ct/v1/get-proof-by-hash?${query}`);
    const hashes = (proof['audit_path'] as string[]).map((it) => Buffer.from(it, 'base64'));
    const root = Buffer.from(String(head['sha256_root_hash']), 'base64');
    verifyInclusion(leaf, Number(proof['leaf_index']), Number(head['tree_size']), hashes, root, '');
  });

  test('its heads are of one history', () => {
    const { consistency } = local.json('/ct/v1/get-sth-consistency?first=1&second=2');
    expect(consistency).toHaveLength(1);
  });

  test('signs its head (RFC 6962 section 3.5)', () => {
    const head = local.json('/ct/v1/get-sth');
    const signed = Buffer.alloc(50);
    signed.writeUInt8(1, 1);
    signed.writeBigUInt64BE(BigInt(Number(head['timestamp'])), 2);
    signed.writeBigUInt64BE(BigInt(Number(head['tree_size'])), 10);
    Buffer.from(String(head['sha256_root_hash']), 'base64').copy(signed, 18);
    const key = parseSpki(local.keys.key('ct-log').spki);
    const signature = Buffer.from(String(head['tree_head_signature']), 'base64').subarray(4);
    expect(verifySignature(key, 'sha256', signed, signature)).toBe(true);
  });

  const chain = local.json('/api/v2/trustBundle');
  const [{ certificates }] = chain['chains'] as [{ certificates: string[] }];
  const der = certificates.map((text) => text.replaceAll(/-----[A-Z ]+-----|\s/g, ''));
  const { entries } = local.json('/ct/v1/get-entries?start=0&end=0');
  const [{ extra_data: extra }] = entries as [{ extra_data: string }];
  const bytes = Buffer.from(extra, 'base64');
  const precertificate = bytes.subarray(3, 3 + bytes.readUIntBE(0, 3)).toString('base64');

  test('takes a precertificate with its issuers', () => {
    expect(local.ask('/ct/v1/add-pre-chain', { body: { chain: [precertificate, ...der] } }).status).toBe(200);
  });

  test.each<[string, unknown]>([
    ['a precertificate with the issuer of another', { chain: [precertificate, ...der.toReversed()] }],
    ['a certificate without poison', { chain: der }],
    ['nothing', { chain: [] }],
    ['one without its issuer', { chain: der.slice(0, 1) }],
    ['no certificate', { chain: ['AAAA', 'AAAA'] }],
    ['no JSON', 'x'],
  ])('does not take %s', (_, body) => {
    expect(local.ask('/ct/v1/add-pre-chain', { body }).status).toBe(400);
  });

  test.each([
    'get-sth-consistency?first=2&second=1',
    'get-sth-consistency?first=0&second=1',
    'get-sth-consistency?first=1&second=99',
    'get-entries?start=99&end=100',
    'get-entries?start=1&end=0',
    'get-entries',
    'get-entries?start=-1&end=0',
  ])('%s: nothing', (path) => {
    expect(local.ask(`/ct/v1/${path}`).status).toBe(400);
  });
});

describe('the timestamp authority', () => {
  const path = '/api/v1/timestamp';
  const imprint = digest('sha256', Buffer.from('a signature'));
  const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
  const query = (...fields: Buffer[]): Buffer =>
    sequence(integer(1), sequence(sha256, octetString(imprint)), ...fields);
  const der = (body: Buffer): ReturnType<InProcess['ask']> =>
    local.ask(path, { body, headers: { 'content-type': 'application/timestamp-query' } });
  const request = { artifactHash: imprint.toString('base64'), hashAlgorithm: 'sha256', certificates: true };

  test('stamps whole seconds, whatever the clock', () => {
    for (const answer of [local.ask(path, { body: request }), der(query())]) {
      expect([answer.status, answer.headers]).toMatchObject([
        201,
        { 'content-type': 'application/timestamp-reply' },
      ]);
      const { time } = parseTimestamp(Buffer.from(answer.body), '');
      expect(time).toBe(Math.floor(local.now.getTime() / 1000) * 1000);
    }
  });

  test('gives back the nonce', () => {
    const nonce = integer(0xfedcba9876543210n);
    expect(Buffer.from(der(query(nonce)).body).includes(nonce)).toBe(true);
    const answer = local.ask(path, {
      body: JSON.stringify(request).replace('{', '{"nonce": 18364758544493064720, '),
    });
    expect(Buffer.from(answer.body).includes(nonce)).toBe(true);
  });

  test('brings its certificate where that is asked for', () => {
    const [leaf] = local.services.trustedRoot.timestampAuthorities[0]?.certChain.certificates ?? [];
    const certificate = Buffer.from(leaf?.rawBytes ?? '', 'base64');
    expect(Buffer.from(der(query(boolean(true))).body).includes(certificate)).toBe(true);
    expect(Buffer.from(der(query()).body).includes(certificate)).toBe(false);
  });

  const policy = TIMESTAMP_POLICY;
  test.each<[string, Buffer, number]>([
    ['the policy that it has', query(oid(policy)), 201],
    ['another policy', query(oid('1.2.3')), 400],
    ['an extension', query(Buffer.from([0xa0, 0])), 400],
    [
      'SHA-1',
      sequence(integer(1), sequence(sequence(oid('1.3.14.3.2.26')), octetString(Buffer.alloc(20)))),
      400,
    ],
    [
      'a digest of another length',
      sequence(integer(1), sequence(sha256, octetString(Buffer.alloc(20)))),
      400,
    ],
    ['another version', sequence(integer(2), sequence(sha256, octetString(imprint))), 400],
    ['nothing', Buffer.alloc(0), 400],
  ])('%s', (_, body, status) => {
    expect(der(body).status).toBe(status);
  });

  test.each<[string, unknown, number]>([
    ['no JSON', 'x', 400],
    ['no digest', { hashAlgorithm: 'sha256' }, 400],
    ['SHA-1', { ...request, hashAlgorithm: 'sha1' }, 400],
    ['a nonce below zero', { ...request, nonce: -1 }, 400],
    ['another policy', { ...request, tsaPolicyOID: '1.2.3' }, 400],
  ])('JSON: %s', (_, body, status) => {
    expect(local.ask(path, { body }).status).toBe(status);
  });

  test('another type of content', () => {
    const headers = { 'content-type': 'text/plain' };
    expect(local.ask(path, { body: 'x', headers }).status).toBe(415);
  });
});

test('the trusted root is one that edgeseal reads', () => {
  const bytes = Buffer.from(JSON.stringify(local.services.trustedRoot));
  expect(parseTrustedRoot(bytes, 'trusted_root.json').digest).toMatch(/^sha256:|^[0-9a-f]{64}$/);
});

test('nothing else is served', () => {
  expect(() => local.ask('/')).toThrow('nothing is served');
  expect(local.ask('/api/v2/somethingElse').status).toBe(404);
});
