import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { chooseServices } from './choose-services.ts';
import { parseSigningConfig } from './signing-config.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

interface Listed {
  readonly url: string;
  readonly majorApiVersion?: unknown;
  readonly validFor?: unknown;
  readonly operator?: unknown;
}
const service = (url: string, more: Partial<Listed> = {}): Listed => ({
  url: url.includes(':') ? url : `https://${url}.example`,
  majorApiVersion: 1,
  validFor: { start: '2026-01-01T00:00:00Z' },
  operator: url,
  ...more,
});
const config = (more: object = {}): Record<string, unknown> => ({
  mediaType: MEDIA_TYPE,
  caUrls: [service('ca')],
  oidcUrls: [service('issuer')],
  rekorTlogUrls: [service('log')],
  rekorTlogConfig: { selector: 'ANY' },
  tsaUrls: [service('tsa')],
  tsaConfig: { selector: 'ANY' },
  ...more,
});

/** Hosts of authority, logs and timestamp authorities; or the code of the refusal and its place. */
function chosen(document: object): string {
  try {
    const found = chooseServices(
      parseSigningConfig(Buffer.from(JSON.stringify(document)), 'config.json'),
      NOW,
    );
    const hosts = (all: readonly { readonly url: string }[]): string =>
      all.map(({ url }) => new URL(url).hostname.split('.')[0]).join('+');
    return [hosts([found.authority]), hosts(found.logs), hosts(found.timestampAuthorities)].join(' ');
  } catch (error) {
    const { code, path } = reasonOf(error);
    return `${code} ${path ?? ''}`.trim();
  }
}

const ended = { validFor: { start: '2025-01-01T00:00:00Z', end: '2026-05-31T00:00:00Z' } };
const future = { validFor: { start: '2026-06-02T00:00:00Z' } };
const newer = { validFor: { start: '2026-02-01T00:00:00Z' } };
const v2 = { majorApiVersion: 2 };
const logs = (selector: object, ...rekorTlogUrls: readonly Listed[]): object =>
  config({ rekorTlogConfig: selector, rekorTlogUrls });
const any = { selector: 'ANY' };
const INVALID = 'SIGNING_CONFIG_INVALID';

describe('services are chosen as the specification asks', () => {
  test.each<[string, object, string]>([
    ['one of each', config(), 'ca log tsa'],
    ['the newest authority', config({ caUrls: [service('old'), service('new', newer)] }), 'new log tsa'],
    ['not one that has ended', config({ caUrls: [service('ended', ended), service('ca')] }), 'ca log tsa'],
    ['not one of the future', config({ caUrls: [service('future', future), service('ca')] }), 'ca log tsa'],
    [
      'not one of an unknown version',
      config({ caUrls: [service('later', v2), service('ca')] }),
      'ca log tsa',
    ],
    ['no authority in force', config({ caUrls: [service('ended', ended)] }), `${INVALID} caUrls`],
    ['ANY: one of the highest version', logs(any, service('a'), service('b', v2)), 'ca b tsa'],
    [
      'ANY: the next version where none of the highest is in force',
      logs(any, service('a'), service('b', { ...v2, ...future })),
      'ca a tsa',
    ],
    [
      'ALL: all of the highest version',
      logs({ selector: 'ALL' }, service('a', v2), service('b', v2), service('c')),
      'ca a+b tsa',
    ],
    [
      'ALL: one of an operator, the newest',
      logs({ selector: 'ALL' }, service('a', { operator: 'x' }), service('b', { operator: 'x', ...newer })),
      'ca b tsa',
    ],
    [
      'EXACT: so many',
      logs({ selector: 'EXACT', count: 2 }, service('a'), service('b'), service('c')),
      'ca a+b tsa',
    ],
    [
      'EXACT: of the next version where the highest has too few',
      logs({ selector: 'EXACT', count: 2 }, service('a'), service('b'), service('c', v2)),
      'ca a+b tsa',
    ],
    [
      'EXACT: more than there are',
      logs({ selector: 'EXACT', count: 2 }, service('a')),
      `${INVALID} rekorTlogUrls`,
    ],
    [
      'EXACT: more than there are operators',
      logs({ selector: 'EXACT', count: 2 }, service('a', { operator: 'x' }), service('b', { operator: 'x' })),
      `${INVALID} rekorTlogUrls`,
    ],
    ['no log', config({ rekorTlogUrls: [], rekorTlogConfig: undefined }), `${INVALID} rekorTlogUrls`],
    ['Rekor v1 without timestamps', config({ tsaUrls: [], tsaConfig: undefined }), 'ca log '],
    [
      'Rekor v2 without timestamps',
      { ...logs(any, service('a', v2)), tsaUrls: [], tsaConfig: undefined },
      `${INVALID} tsaUrls`,
    ],
    ['timestamps of none in force', config({ tsaUrls: [service('tsa', ended)] }), `${INVALID} tsaUrls`],
  ])('%s', (_, document, expected) => {
    expect(chosen(document)).toBe(expected);
  });
});

describe('a signing config is read strictly', () => {
  test.each<[string, object, string]>([
    [
      'another version',
      config({ mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' }),
      'mediaType',
    ],
    ['an unknown field', config({ extra: 1 }), 'extra'],
    ['no selector', config({ tsaConfig: undefined }), 'tsaConfig'],
    ['an unknown selector', config({ tsaConfig: { selector: 'SOME' } }), 'tsaConfig.selector'],
    ['EXACT without a count', config({ tsaConfig: { selector: 'EXACT' } }), 'tsaConfig.selector'],
    ['ANY with a count', config({ tsaConfig: { selector: 'ANY', count: 2 } }), 'tsaConfig.selector'],
    ['no beginning', config({ caUrls: [service('ca', { validFor: {} })] }), 'caUrls[0].validFor.start'],
    [
      'no time',
      config({ caUrls: [service('ca', { validFor: { start: 'now' } })] }),
      'caUrls[0].validFor.start',
    ],
    [
      'a version that is a text',
      config({ caUrls: [service('ca', { majorApiVersion: '1' })] }),
      'caUrls[0].majorApiVersion',
    ],
    ['no address', config({ caUrls: [service('ca', { url: 'ca' })] }), 'caUrls[0].url'],
    ['without TLS', config({ caUrls: [service('http://ca.example')] }), 'caUrls[0].url'],
    ['a login in an address', config({ caUrls: [service('https://me:secret@ca.example')] }), 'caUrls[0].url'],
  ])('%s', (_, document, path) => {
    expect(chosen(document)).toBe(`${INVALID} ${path}`);
  });
  test('without TLS on this machine', () => {
    expect(chosen(config({ caUrls: [service('http://127.0.0.1:1')] }))).toBe('127 log tsa');
  });
});
