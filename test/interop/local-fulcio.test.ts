import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate, type Certificate } from '#core/x509/certificate';
import { oids } from '#core/x509/extensions';
import { pem } from '../../release/local/der.ts';
import { signIdToken } from '../../release/local/id-token.ts';
import type { Job } from '../../release/local/job.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { askFulcio, certificatesIn, clientKey, keyRequest } from '../local/request.ts';
import { signEnvelope, statementAbout } from '../local/sign.ts';
import { authenticated } from '../local/verified.ts';
import { findPeer } from './peers.ts';
import { RealFulcio, type Provider } from './real-fulcio.ts';

const program = findPeer('fulcio', 'EDGESEAL_FULCIO');

const jobs: Readonly<Record<string, Job>> = {
  'a push of a tag': { repository: 'kubeedge/edgeseal', ref: 'refs/tags/v1.2.3' },
  'a reusable workflow of another repository': {
    repository: 'kubeedge/kubeedge',
    ref: 'refs/heads/master',
    event_name: 'workflow_dispatch',
    job_workflow_ref: 'kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v1.2.3',
    job_workflow_sha: 'f7dd8c54c2067bafc12ca7a55595d5ee9b75204a',
    runner_environment: 'self-hosted',
    repository_visibility: 'private',
    run_attempt: '3',
  },
  'names beyond ASCII': { workflow: 'Veröffentlichung – 发布', repository: 'example-org/example' },
};

/** Only the templates of the public instance know environments. */
const environment: Job = { environment: 'release' };

/** What names the authority and the log, and so cannot be equal. */
const others: readonly string[] = [oids.authorityKeyIdentifier, oids.sctList];

describe.skipIf(program === '')(
  'Fulcio itself (skipped where there is none: go install github.com/sigstore/fulcio)',
  () => {
    let locals: Readonly<Record<Provider, Local>>;
    let fulcio: RealFulcio;
    beforeAll(async () => {
      locals = { 'github-workflow': await startLocal(), 'ci-provider': await startLocal() };
      const issuers = Object.fromEntries(
        Object.entries(locals).map(
          ([provider, { url }]) => [url, provider === 'ci-provider' ? provider : 'github-workflow'] as const,
        ),
      );
      fulcio = await RealFulcio.start(program, issuers, locals['github-workflow'].url);
    });
    afterAll(async () => {
      await fulcio.stop();
      await Promise.all(Object.values(locals).map(async (local) => local.stop()));
    });

    const cases: readonly (readonly [string, Provider, Job])[] = [
      ...Object.entries(jobs).flatMap(([name, job]) => [
        [name, 'github-workflow', job] as const,
        [name, 'ci-provider', job] as const,
      ]),
      ['a job of an environment', 'ci-provider', environment],
    ];

    test.each(cases)(
      'makes the same extensions as ours, byte for byte: %s, by %s',
      async (_, provider, job) => {
        const local = locals[provider];
        const token = local.token(job);
        const key = clientKey();
        const request = keyRequest(token, key, subjectOf(token));
        const [ours, theirs] = await Promise.all([leafOf(local, request), leafOf(fulcio, request)]);
        expect(theirs.extensions.size).toBeGreaterThan(20);
        expect(extensionsOf(ours)).toEqual(extensionsOf(theirs));
        expect([...ours.subject]).toEqual([...theirs.subject]);
        expect(ours.notAfter - ours.notBefore).toBe(theirs.notAfter - theirs.notBefore);
      },
    );

    test('describes our issuer as ours does', async () => {
      const local = locals['github-workflow'];
      const issuersOf = async ({
        url,
      }: {
        readonly url: string;
      }): Promise<readonly { issuerUrl: string }[]> => {
        const answer = await fetch(`${url}/api/v2/configuration`);
        const { issuers }: { issuers: { issuerUrl: string }[] } = JSON.parse(await answer.text());
        return issuers;
      };
      const theirs = await issuersOf(fulcio);
      expect(await issuersOf(local)).toEqual(theirs.filter(({ issuerUrl }) => issuerUrl === local.url));
    });

    test('refuses what ours refuses', async () => {
      const local = locals['github-workflow'];
      const key = clientKey();
      const token = local.token({});
      const soon = new Date(Date.now() + 600_000);
      const [header = '', payload = ''] = token.split('.');
      const none = Buffer.from('{"typ":"JWT","alg":"none"}').toString('base64url');
      const other = signIdToken(clientKey().privateKey, 'another', {
        iss: local.url,
        aud: 'sigstore',
        sub: 'x',
      });
      const asking = (it: string, proofOf = subjectOf(token)): object => keyRequest(it, key, proofOf);
      const csr = (text: string): object => ({
        credentials: { oidcIdentityToken: token },
        certificateSigningRequest: Buffer.from(text).toString('base64'),
      });
      const requests = {
        'another audience': asking(local.token({}, { audience: 'https://github.com/kubeedge' })),
        expired: asking(local.token({}, { issuedAt: new Date(0) })),
        'not yet valid': asking(local.token({}, { notBefore: soon })),
        'another issuer': asking(local.token({}, { issuer: 'https://token.actions.githubusercontent.com' })),
        unsigned: asking(`${none}.${payload}.`),
        'the signature of another': asking(`${header}.${payload}.${other.split('.')[2]}`),
        'another key': asking(other),
        'no token': asking(''),
        'no words': asking('token'),
        'an empty claim': asking(local.token({ repository_id: '' })),
        'another subject proven': asking(token, 'somebody else'),
        'another key proven': {
          ...asking(token),
          publicKeyRequest: keyRequest(token, clientKey(), 'x')['publicKeyRequest'],
        },
        'no key': { credentials: { oidcIdentityToken: token } },
        'a signing request that is none': csr('none'),
        'a signing request of nothing': csr(pem('CERTIFICATE REQUEST', Buffer.from('nothing'))),
      };
      const answers = async (server: { readonly url: string }): Promise<readonly unknown[]> =>
        Promise.all(
          Object.entries(requests).map(async ([name, request]) => {
            const { status, body } = await askFulcio(server, request);
            const { code, message }: { code: number; message: string } = JSON.parse(body);
            return [name, status, code, message];
          }),
        );
      expect(await answers(local)).toEqual(await answers(fulcio));
    });

    test('signs for us, and the rest is as before', async () => {
      const local = locals['github-workflow'];
      const content = Buffer.from('what is released\n');
      const bundle = await signEnvelope(local, statementAbout('artifact', content), { fulcio: fulcio.url });
      const trustedRoot = await fulcio.inPlaceOf(local.trustedRoot);
      expect(authenticated({ trustedRoot }, bundle, content).signers).toHaveLength(1);
      expect(() => authenticated(local, bundle, content)).toThrow(/./);
    });
  },
);

async function leafOf(server: { readonly url: string }, request: unknown): Promise<Certificate> {
  const [leaf = new Uint8Array()] = certificatesIn(await askFulcio(server, request));
  return parseCertificate(leaf);
}

/** In their order, with what can be equal of them. */
function extensionsOf({ extensions }: Certificate): readonly unknown[] {
  return [...extensions.values()].map(({ oid, critical, value }) => [
    oid,
    critical,
    others.includes(oid) ? value.length > 0 : Buffer.from(value).toString('hex'),
  ]);
}

function subjectOf(token: string): string {
  const claims: { sub: string } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return claims.sub;
}
