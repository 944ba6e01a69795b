import { randomBytes } from 'node:crypto';
import { parseCertificate } from '#core/x509/certificate';
import { codeSigningAuthority, timestampAuthority, type AuthorityParts } from './authority.ts';
import { CtLog } from './ct-log.ts';
import { fulcioService } from './fulcio.ts';
import { Issuer } from './issuer.ts';
import { openKeyRing, type KeyName, type KeyRing } from './key-ring.ts';
import { RekorV1 } from './rekor-v1.ts';
import { RekorV2 } from './rekor-v2.ts';
import { Registry } from './registry.ts';
import type { Router, ServiceName } from './serve.ts';
import { grpcGateway, json, swagger, type Service } from './service.ts';
import { keptChain, type State } from './state.ts';
import { timestampService } from './timestamp-service.ts';
import { authorityJson, logJson, TRUSTED_ROOT_TYPE, type TrustedRootJson } from './trusted-root.ts';
import { serialFrom } from './x509.ts';

const HOST = '127.0.0.1';

/** Who the certificates say they are by: nobody could take it for a public service. */
const ORGANIZATION = 'edgeseal local, for development only';
const LABEL = 'edgeseal local';

/** Rekor v1 and v2 would both be found by their paths; a prefix makes their URLs two. */
const REKOR_V2 = '/rekor-v2';

/** Milliseconds that the authorities are good for: ten years. */
const LIFETIME = 10 * 365 * 24 * 3600 * 1000;

export interface Services {
  readonly urls: {
    readonly url: string;
    readonly rekorV2: string;
    readonly timestamps: string;
    readonly registry: string;
  };
  readonly issuer: Issuer;
  readonly trustedRoot: TrustedRootJson;
  readonly route: Router;
}

/** All services of a state, at a port. */
export function makeServices(port: number, state: State, clock: () => Date): Services {
  const { store, start } = state;
  const url = `http://${HOST}:${port}`;
  const urls = {
    url,
    rekorV2: `${url}${REKOR_V2}`,
    timestamps: `${url}/api/v1/timestamp`,
    registry: `${HOST}:${port}`,
  };
  const keys = openKeyRing(store);
  const issuer = new Issuer(url, keys, clock);
  const ctLog = new CtLog(keys.key('ct-log'), store, clock);
  const rekorV1 = new RekorV1(HOST, keys.key('rekor-v1'), store, clock);
  const rekorV2 = new RekorV2(HOST, keys.key('rekor-v2'), keys.key('rekor-v1'), store);

  const signing = codeSigningAuthority(partsOf('fulcio-root', keys, start), keys.key('fulcio'));
  const chain = keptChain(store, 'fulcio', () => signing.chain);
  const fulcio = fulcioService({ authority: { ...signing, chain }, ctLog, issuer, clock });

  const stamping = timestampAuthority(partsOf('tsa-root', keys, start), keys.key('tsa'));
  const stampChain = keptChain(store, 'tsa', () => stamping.chain);
  const [certificate = new Uint8Array()] = stampChain;
  const leaf = { ...stamping.leaf, serial: parseCertificate(certificate).serial };
  const timestamps = timestampService({ key: keys.key('tsa'), leaf, certificate }, stampChain, clock);

  const registry = new Registry(store);
  const validFor = { start: start.toISOString() };
  return {
    urls,
    issuer,
    trustedRoot: {
      mediaType: TRUSTED_ROOT_TYPE,
      tlogs: [
        logJson(urls.url, rekorV1.key, rekorV1.logId, validFor),
        logJson(urls.rekorV2, rekorV2.key, rekorV2.logId, validFor),
      ],
      certificateAuthorities: [authorityJson(subjectOf('fulcio'), url, chain, validFor)],
      ctlogs: [logJson(url, ctLog.key, ctLog.logId, validFor)],
      timestampAuthorities: [authorityJson(subjectOf('timestamps'), urls.timestamps, stampChain, validFor)],
    },
    route: routeTo([
      ['issuer', /^\/(?:\.well-known|oidc)\//, swagger(issuer.answer)],
      ['rekor-v2', /^\/rekor-v2\//, grpcGateway(below(REKOR_V2, rekorV2.answer))],
      ['registry', /^\/v2(?:\/|$)/, registry.answer],
      ['fulcio', /^\/api\/v2\//, fulcio],
      ['ct-log', /^\/ct\/v1\//, swagger(ctLog.answer)],
      ['timestamps', /^\/api\/v1\/timestamp(?:\/|$)/, timestamps],
      ['rekor-v1', /^\/api\/v1\//, swagger(rekorV1.answer)],
    ]),
  };
}

type Route = readonly [name: ServiceName, path: RegExp, service: Service];

/** By the first pattern that a path matches. */
function routeTo(routes: readonly Route[]): Router {
  return (request) => {
    const [service, , serve] = routes.find(([, path]) => path.test(request.path)) ?? [];
    if (service === undefined || serve === undefined) return undefined;
    return { service, answer: () => serve(request) ?? json({ code: 404, message: 'Not Found' }, 404) };
  };
}

function partsOf(root: KeyName, keys: KeyRing, start: Date): AuthorityParts {
  return {
    organization: ORGANIZATION,
    label: LABEL,
    rootKey: keys.key(root),
    window: { notBefore: start, notAfter: new Date(start.getTime() + LIFETIME) },
    serial: () => serialFrom(randomBytes(20)),
  };
}

const subjectOf = (commonName: string): { organization: string; commonName: string } => ({
  organization: ORGANIZATION,
  commonName: `${LABEL} ${commonName}`,
});

/** A service below a prefix. */
const below =
  (prefix: string, service: Service): Service =>
  (request) =>
    service({ ...request, path: request.path.slice(prefix.length) });
