import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { attachBundles, evidenceAbout, pushImage } from './content.ts';
import { answer, type Fault } from './faulty-registry.ts';
import { basic, hang, jsonType, ReadRegistry, timed } from './read-registry.ts';
import { read, refusalOf } from './reader.ts';
import { digestOf } from './server.ts';

const world = new ReadRegistry();

describe('credentials', () => {
  test.each(['basic', 'token'] as const)('%s', async (auth) => {
    await world.restart({ auth });
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    attachBundles(world.registry, 'o/app', manifest, [evidenceAbout(manifest)]);
    expect((await timed(read(world.image(), world.options()))).attested[0]?.items.length).toBe(1);
    // Only the first question is asked without them.
    const refused = world.registry.asked.filter(
      ({ path, authorization }) => path !== '/token' && !authorization,
    );
    expect(refused.length).toBe(1);
    expect(world.registry.asked.filter(({ path }) => path.startsWith('/token')).length).toBe(
      auth === 'token' ? 1 : 0,
    );
  });

  test('asked for by several questions at once: one token', async () => {
    await world.restart({ auth: 'token' });
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    await timed(read(world.image(`@${digestOf(manifest)}`), world.options()));
    expect(world.registry.asked.filter(({ path }) => path.startsWith('/token')).length).toBe(1);
  });

  test.each([
    ['none', undefined],
    ['wrong ones', { ...basic, password: 'wrong' }],
  ])('%s', async (_, credentials) => {
    for (const auth of ['basic', 'token'] as const) {
      await world.restart({ auth });
      pushImage(world.registry, 'o/app', 'v1');
      const reason = await timed(
        refusalOf(world.image(), { ...world.options(), credentials: async () => credentials }),
      );
      expect(reason).toMatchObject({ code: 'REGISTRY_UNAUTHORISED' });
      expect(JSON.stringify(reason)).not.toMatch(/a-secret|wrong/);
    }
  });

  test.each<[string, number]>([
    ['301', 301],
    ['302', 302],
    ['307', 307],
    ['308', 308],
  ])('do not follow a redirect to another host: %s', async (_, status) => {
    await world.restart({ auth: 'basic' });
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    pushImage(world.stranger, 'o/app', 'v1');
    world.registry.fault(/manifests\/v1$/, (response, request) =>
      answer(request.headers.authorization === undefined ? 401 : status, {
        'www-authenticate': 'Basic realm="x"',
        location: `http://${world.stranger.host}/v2/o/app/manifests/v1`,
      })(response),
    );
    const { image: found } = await timed(read(world.image(), world.options()));
    expect(`sha256:${found.digest.hex}`).toBe(digestOf(manifest));
    expect(world.stranger.asked.length).toBeGreaterThan(0);
  });

  test('are not given to another host that asks for them', async () => {
    await world.restart({ auth: 'basic' });
    world.registry.fault(/manifests\/v1$/, (response, request) =>
      answer(request.headers.authorization === undefined ? 401 : 302, {
        'www-authenticate': 'Basic realm="x"',
        location: `http://${world.stranger.host}/give`,
      })(response),
    );
    world.stranger.fault(/give/, answer(401, { 'www-authenticate': 'Basic realm="please"' }));
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({
      code: 'REGISTRY_UNAUTHORISED',
    });
  });

  test.each<[string, string, ReasonCode]>([
    ['without TLS', 'http://token.example/', 'REGISTRY_INSECURE'],
    ['that is no address', 'token', 'REGISTRY_UNAUTHORISED'],
    ['with a name and password', 'https://a:b@token.example/', 'REGISTRY_UNAUTHORISED'],
  ])('are not taken to a token service %s', async (_, realm, code) => {
    await world.restart({ auth: 'token', realm });
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code });
  });

  test.each<[string, Fault, ReasonCode]>([
    ['redirects', answer(302, { location: '/elsewhere' }), 'REGISTRY_REDIRECT_REFUSED'],
    ['gives none', answer(200, jsonType, '{}'), 'REGISTRY_UNAUTHORISED'],
    [
      'gives what would make two headers',
      answer(200, jsonType, JSON.stringify({ token: 'a\r\nx: y' })),
      'REGISTRY_UNAUTHORISED',
    ],
    ['gives no JSON', answer(200, jsonType, 'x'), 'REGISTRY_UNAUTHORISED'],
    ['is busy', answer(429, {}), 'REGISTRY_RATE_LIMITED'],
    ['fails', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    ['is silent', hang, 'REGISTRY_TIMEOUT'],
    ['is enormous', answer(200, { ...jsonType, 'content-length': 1e10 }), 'INPUT_TOO_LARGE'],
  ])('a token service that %s', async (_, fault, code) => {
    await world.restart({ auth: 'token' });
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/\/token/, fault);
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code });
  });

  test('a token that is no longer taken mid-way is asked for again, once', async () => {
    await world.restart({ auth: 'token' });
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    attachBundles(world.registry, 'o/app', manifest, [evidenceAbout(manifest)]);
    world.registry.fault(
      /blobs/,
      answer(401, { 'www-authenticate': `Bearer realm="http://${world.registry.host}/token"` }),
      1,
    );
    expect((await timed(read(world.image(), world.options()))).attested[0]?.items).toMatchObject([
      { kind: 'evidence' },
    ]);
    world.registry.fault(
      /blobs/,
      answer(401, { 'www-authenticate': `Bearer realm="http://${world.registry.host}/token"` }),
    );
    expect(await world.refusedEvidence()).toMatchObject([{ code: 'REGISTRY_UNAUTHORISED' }]);
  });
});
