import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  noOtherKeys,
  objectAt,
  objectOf,
  optionalStringAt,
  stringAt,
  wrong,
} from '#core/json/shape';
import type { Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';

/** A service of a Sigstore instance, as a signing config lists it. */
export interface ConfiguredService {
  /** Without a slash at its end. */
  readonly url: string;
  readonly majorApiVersion: number;
  /** Milliseconds since 1970; `until` may be infinite. */
  readonly from: number;
  readonly until: number;
  /** Who runs it; those of one operator are one. */
  readonly operator: string;
}

/** How many of the services that fit sign together. */
export type Selector =
  { readonly kind: 'any' } | { readonly kind: 'all' } | { readonly kind: 'exact'; readonly count: number };

/** dev.sigstore.trustroot.v1.SigningConfig, v0.2. */
export interface SigningConfig {
  readonly authorities: readonly ConfiguredService[];
  readonly logs: readonly ConfiguredService[];
  readonly logSelector: Selector;
  readonly timestampAuthorities: readonly ConfiguredService[];
  readonly timestampSelector: Selector;
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
const TOP: Where = { code: 'SIGNING_CONFIG_INVALID', path: '' };
const FIELDS: ReadonlySet<string> = new Set([
  'mediaType',
  'caUrls',
  'oidcUrls',
  'rekorTlogUrls',
  'rekorTlogConfig',
  'tsaUrls',
  'tsaConfig',
]);
const SERVICE_FIELDS: ReadonlySet<string> = new Set(['url', 'majorApiVersion', 'validFor', 'operator']);
const RANGE_FIELDS: ReadonlySet<string> = new Set(['start', 'end']);
const SELECTOR_FIELDS: ReadonlySet<string> = new Set(['selector', 'count']);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Reads a signing config.
 * @param name the file's name, for messages
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 * @throws SIGNING_CONFIG_INVALID, JSON_*, UTF8_INVALID
 */
export function parseSigningConfig(bytes: Uint8Array, name: string): SigningConfig {
  const config = objectOf(parseJsonBytes(bytes, name), TOP);
  const mediaType = stringAt(config, 'mediaType', TOP);
  if (mediaType !== MEDIA_TYPE) {
    refuse(
      'SIGNING_CONFIG_INVALID',
      `${JSON.stringify(name)} is not a signing config of a version that is read`,
      {
        path: 'mediaType',
        expected: MEDIA_TYPE,
        found: JSON.stringify(mediaType.slice(0, 100)),
      },
    );
  }
  noOtherKeys(config, FIELDS, TOP);
  return {
    authorities: servicesAt(config, 'caUrls'),
    logs: servicesAt(config, 'rekorTlogUrls'),
    logSelector: selectorAt(config, 'rekorTlogConfig', 'rekorTlogUrls'),
    timestampAuthorities: servicesAt(config, 'tsaUrls'),
    timestampSelector: selectorAt(config, 'tsaConfig', 'tsaUrls'),
  };
}

function servicesAt(config: JsonObject, key: string): readonly ConfiguredService[] {
  return arrayAt(config, key, TOP, 64).map((value, index) => {
    const where = at(at(TOP, key), index);
    const service = objectOf(value, where);
    noOtherKeys(service, SERVICE_FIELDS, where);
    const version = member(service, 'majorApiVersion');
    if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1)
      return wrong(version, 'a number from 1 on', at(where, 'majorApiVersion'));
    const range = objectAt(service, 'validFor', where);
    const inRange = at(where, 'validFor');
    noOtherKeys(range, RANGE_FIELDS, inRange);
    const end = optionalStringAt(range, 'end', inRange);
    return {
      url: addressOf(stringAt(service, 'url', where), at(where, 'url')),
      majorApiVersion: version,
      from: timeOf(stringAt(range, 'start', inRange), at(inRange, 'start')),
      until: end === undefined ? Number.POSITIVE_INFINITY : timeOf(end, at(inRange, 'end')),
      operator: optionalStringAt(service, 'operator', where) ?? '',
    };
  });
}

/** Tokens and signatures go there: by TLS, or on this machine. */
function addressOf(text: string, where: Where): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.search === '' && url.hash === '')
    return url.href.replace(/\/+$/, '');
  return refuse(where.code, `${where.path} is not the address of a service`, {
    path: where.path,
    expected: 'https://HOST/..., or http: on this machine',
    found: JSON.stringify((url === undefined ? text : `${url.protocol}//${url.host}`).slice(0, 200)),
  });
}

function selectorAt(config: JsonObject, key: string, ofKey: string): Selector {
  const where = at(TOP, key);
  // Without services there is nothing to choose.
  if (arrayAt(config, ofKey, TOP).length === 0) return { kind: 'any' };
  const object = objectAt(config, key, TOP);
  noOtherKeys(object, SELECTOR_FIELDS, where);
  const selector = stringAt(object, 'selector', where);
  const count = member(object, 'count');
  const hasCount = count !== undefined && count !== null && count !== 0;
  if (selector === 'EXACT' && typeof count === 'number' && Number.isSafeInteger(count) && count > 0)
    return { kind: 'exact', count };
  if (selector === 'ANY' && !hasCount) return { kind: 'any' };
  if (selector === 'ALL' && !hasCount) return { kind: 'all' };
  return refuse(where.code, `${where.path} does not say how services are chosen`, {
    path: at(where, 'selector').path,
    expected: 'ANY, ALL, or EXACT with a count from 1 on',
    found: `${JSON.stringify(selector.slice(0, 40))}${hasCount ? ' with a count' : ''}`,
  });
}

function timeOf(text: string, where: Where): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  return refuse(where.code, `${where.path} is not a time`, {
    path: where.path,
    expected: 'RFC 3339 with Z',
    found: JSON.stringify(text.slice(0, 60)),
  });
}
