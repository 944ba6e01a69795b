import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import { subjectAlternativeName } from '#core/x509/extensions';
import { fulcioExtensions } from '#core/x509/fulcio';
import { bitString, context, integer, oid, pem, sequence } from '../../release/local/der.ts';
import { signIdToken } from '../../release/local/id-token.ts';
import { claimsOf, type Job } from '../../release/local/job.ts';
import { InProcess } from './in-process.ts';
import { certificatesIn, clientKey, keyRequest, type ClientKey } from './request.ts';

const PATH = '/api/v2/signingCert';
const TOKEN = 'There was an error processing the identity token';
const PROOF = 'The signature supplied in the request could not be verified';
const KEY = 'The public key supplied in the request could not be parsed';
const CSR = 'The certificate signing request could not be parsed';

const local = new InProcess();
const { issuer } = local.services;
const key = clientKey();
const minutes = (count: number): Date => new Date(local.now.getTime() + count * 60_000);
const subject = claimsOf({}, issuer.url).sub;

const requestFor = (token: string): Record<string, unknown> => keyRequest(token, key, subject);
const seconds = Math.floor(local.now.getTime() / 1000);
const sound = {
  ...claimsOf({}, issuer.url),
  aud: 'sigstore',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 300,
};
const signed = (claims: object): string => signIdToken(local.keys.handle('issuer'), local.kid, claims);
const parts = (token: string): string[] => token.split('.');
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const without = (name: string): object =>
  Object.fromEntries(Object.entries(sound).filter(([it]) => it !== name));

function unsigned(alg: string): string {
  return `${encoded({ typ: 'JWT', alg, kid: local.kid })}.${encoded(sound)}.`;
}

/** A token whose "secret" is the public key, as algorithm confusion has it. */
function confused(): string {
  const head = `${encoded({ typ: 'JWT', alg: 'HS256', kid: local.kid })}.${encoded(sound)}`;
  const secret = local.keys.key('issuer').spki;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

const tokens: Readonly<Record<string, string>> = {
  'another audience': issuer.token({}, { audience: 'https://github.com/example-org' }),
  'no audience': signed(without('aud')),
  expired: issuer.token({}, { issuedAt: minutes(-10) }),
  'expired this very moment': signed({ ...sound, exp: local.now.getTime() / 1000 }),
  'without an end': signed(without('exp')),
  'not yet valid': issuer.token({}, { notBefore: minutes(1) }),
  'a time that is a text': signed({ ...sound, nbf: String(seconds) }),
  unsigned: unsigned('none'),
  'unsigned, in other letters': unsigned('None'),
  'unsigned as ES256': unsigned('ES256'),
  'signed with the public key': confused(),
  'signed by another key': signIdToken(clientKey().privateKey, local.kid, sound),
  'signed by a key that is not known': signIdToken(local.keys.handle('issuer'), 'another', sound),
  'another issuer': issuer.token({}, { issuer: 'https://token.actions.githubusercontent.com' }),
  'without an issuer': signed(without('iss')),
  'changed after it was signed': [
    parts(issuer.token({}))[0],
    encoded(sound),
    parts(issuer.token({}))[2],
  ].join('.'),
  'a critical header': signedWith({ crit: ['exp'] }),
  'the name of another algorithm': signedWith({ alg: 'RS256' }),
  'a claim twice': twice(),
  'four parts': `${issuer.token({})}.x`,
  'padded base64': `${issuer.token({})}=`,
  'too long': signed({ ...sound, more: 'x'.repeat(20_000) }),
  nothing: '',
  ...Object.fromEntries(
    ['sub', 'sha', 'job_workflow_ref', 'repository_id', 'runner_environment', 'run_attempt'].map((name) => [
      `without ${name}`,
      signed(without(name)),
    ]),
  ),
  'an empty claim': signed({ ...sound, repository: '' }),
  'a claim that is an object': signed({ ...sound, repository: {} }),
};

function signedWith(header: object): string {
  return rawSigned(`${encoded({ typ: 'JWT', alg: 'ES256', kid: local.kid, ...header })}.${encoded(sound)}`);
}

function twice(): string {
  const payload = JSON.stringify(sound).replace('{', '{"aud":"another",');
  const header = encoded({ typ: 'JWT', alg: 'ES256', kid: local.kid });
  return rawSigned(`${header}.${Buffer.from(payload).toString('base64url')}`);
}

function rawSigned(head: string): string {
  const signature = sign('sha256', Buffer.from(head), {
    key: local.keys.handle('issuer'),
    dsaEncoding: 'ieee-p1363',
  });
  return `${head}.${signature.toString('base64url')}`;
}

describe('a token that Fulcio does not believe', () => {
  test.each(Object.entries(tokens))('%s', (_, token) => {
    const { status, text } = local.ask(PATH, { body: requestFor(token) });
    expect([status, JSON.parse(text)]).toEqual([400, { code: 3, message: TOKEN, details: [] }]);
    for (const part of parts(token).filter((it) => it.length > 8)) expect(text).not.toContain(part);
  });

  test('the next second it is believed no more', () => {
    const token = signed(sound);
    expect(local.ask(PATH, { body: requestFor(token) }).status).toBe(200);
    local.now = minutes(5);
    expect(local.ask(PATH, { body: requestFor(token) }).status).toBe(400);
    local.now = minutes(-5);
  });
});

describe('a key whose possession is not proven', () => {
  const token = issuer.token({});
  const other = clientKey();
  const proof = (data: string, by: ClientKey): Record<string, unknown> => ({
    ...requestFor(token),
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: key.pem },
      proofOfPossession: sign('sha256', Buffer.from(data), by.privateKey).toString('base64'),
    },
  });
  const content = (pemText: string, proofOfPossession = 'AAAA'): Record<string, unknown> => ({
    ...requestFor(token),
    publicKeyRequest: { publicKey: { content: pemText }, proofOfPossession },
  });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  });
  const p384 = clientKey('P-384');
  const weakHash = sign('sha256', Buffer.from(subject), p384.privateKey).toString('base64');

  test.each<[string, unknown, string]>([
    ['of another subject', proof('repo:example-org/another:ref:refs/tags/v1', key), PROOF],
    ['of the audience', proof('sigstore', key), PROOF],
    ['by another key', proof(subject, other), PROOF],
    ['empty', content(key.pem, ''), PROOF],
    ['not base64', content(key.pem, '!!!'), PROOF],
    ['by a hash that does not go with the key', content(p384.pem, weakHash), PROOF],
    ['no key', { credentials: { oidcIdentityToken: token } }, KEY],
    ['a key that is none', content('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), KEY],
    ['a private key', content(pem('PRIVATE KEY', Buffer.from([0x30, 0]))), KEY],
    ['RSA of 1024 bits', content(weak), KEY],
  ])('%s', (_, body, message) => {
    const { status, text } = local.ask(PATH, { body });
    expect([status, JSON.parse(text)]).toEqual([400, { code: 3, message, details: [] }]);
    expect(text).not.toContain(token);
  });

  test('a proof that was heard is good for its subject and key alone', () => {
    const heard = requestFor(token);
    const another: Job = { repository: 'example-org/another' };
    const replayed = { ...heard, credentials: { oidcIdentityToken: issuer.token(another) } };
    expect(local.ask(PATH, { body: replayed }).status).toBe(400);
    const [first, second] = [heard, heard].map((body) => leafOf(local.ask(PATH, { body })));
    expect(first?.serial).not.toEqual(second?.serial);
    expect(first?.publicKey.digest).toBe(second?.publicKey.digest);
  });
});

describe('a signing request (PKCS #10)', () => {
  const token = issuer.token({});
  const good = csr({});
  const asks = (text: string): unknown => ({
    credentials: { oidcIdentityToken: token },
    certificateSigningRequest: Buffer.from(text).toString('base64'),
  });

  test('takes the key of its request', () => {
    const { publicKey } = leafOf(local.ask(PATH, { body: asks(good) }));
    expect(Buffer.from(publicKey.spki)).toEqual(spkiOf(key));
  });

  test('takes the token in the header', () => {
    const body = { certificateSigningRequest: Buffer.from(good).toString('base64') };
    const answer = local.ask(PATH, { body, headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
  });

  test.each<[string, unknown, string]>([
    ['not base64', { ...Object(asks(good)), certificateSigningRequest: '!!!' }, CSR],
    ['not PEM', asks('a request'), CSR],
    ['another label', asks(good.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')), CSR],
    ['not DER', asks(pem('CERTIFICATE REQUEST', Buffer.from('nothing'))), CSR],
    ['trailing octets', asks(csr({ more: Buffer.from([5, 0]) })), CSR],
    ['another version', asks(csr({ version: 1 })), CSR],
    ['signed by another key', asks(csr({ by: clientKey() })), PROOF],
    ['an algorithm that is not known', asks(csr({ algorithm: '1.2.840.10045.4.1' })), PROOF],
  ])('%s', (_, body, message) => {
    const { status, text } = local.ask(PATH, { body });
    expect([status, JSON.parse(text)]).toEqual([400, { code: 3, message, details: [] }]);
  });
});

describe('a request that is none', () => {
  test.each<[string, string]>([
    ['not JSON', 'signingCert'],
    ['a list', '[]'],
    ['a key twice', '{"credentials": {}, "credentials": {}}'],
  ])('%s', (_, body) => {
    expect(local.ask(PATH, { body }).status).toBe(400);
  });
});

describe('a certificate', () => {
  const job: Job = { environment: 'release', repository: 'kubeedge/edgeseal' };
  const claims = claimsOf(job, issuer.url);
  const request = keyRequest(issuer.token(job), key, claims.sub);
  const leaf = leafOf(local.ask(PATH, { body: request }));

  test('says what the token says', () => {
    expect(subjectAlternativeName(leaf)).toEqual({
      type: 'uri',
      value: `https://github.com/${claims.job_workflow_ref}`,
    });
    expect(fulcioExtensions(leaf)).toMatchObject({
      issuer: issuer.url,
      sourceRepositoryUri: 'https://github.com/kubeedge/edgeseal',
      deploymentEnvironment: 'release',
      tokenSubject: 'repo:kubeedge/edgeseal:environment:release',
    });
  });

  test('is good for ten minutes', () => {
    expect(leaf.notAfter - leaf.notBefore).toBe(600_000);
  });

  test('could not be taken for one of the public instance', () => {
    expect(Buffer.from(leaf.issuer).toString('latin1')).toContain('edgeseal local, for development only');
  });

  test('comes with its authority, whom the trust bundle and the trusted root name', () => {
    const [, ...chain] = certificatesIn(local.ask(PATH, { body: request }));
    const bundle = local.json('/api/v2/trustBundle');
    expect(bundle).toEqual({ chains: [{ certificates: chain.map((der) => pem('CERTIFICATE', der)) }] });
    const [authority] = local.services.trustedRoot.certificateAuthorities;
    const trusted = authority?.certChain.certificates.map(({ rawBytes }) => rawBytes);
    expect(chain.map((der) => Buffer.from(der).toString('base64'))).toEqual(trusted);
  });
});

function leafOf(answer: { readonly status: number; readonly text: string }): Certificate {
  const [leaf = new Uint8Array()] = certificatesIn({ status: answer.status, body: answer.text });
  return parseCertificate(leaf);
}

function spkiOf({ pem: text }: ClientKey): Buffer {
  return Buffer.from(text.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

function csr({
  by = key,
  algorithm = '1.2.840.10045.4.3.2',
  version = 0,
  more = Buffer.alloc(0),
}: {
  by?: ClientKey;
  algorithm?: string;
  version?: number;
  more?: Buffer;
}): string {
  const info = sequence(integer(version), sequence(), spkiOf(key), context(0));
  const signature = sign('sha256', info, by.privateKey);
  const request = sequence(info, sequence(oid(algorithm)), bitString(signature));
  return pem('CERTIFICATE REQUEST', Buffer.concat([request, more]));
}
