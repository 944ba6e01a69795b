/** URLs as Go's net/url reads them (RFC 3986, with its laxities). Texts are of octets. */

import { BuiltinError } from './builtin.ts';
import { is4, parseAddress } from './ip-address.ts';

/** What of ASCII stands unescaped. */
const PATH_SEGMENT = /[A-Za-z0-9$&+\-.:=@_~]/;
const QUERY = /[A-Za-z0-9\-._~]/;
const HOST = /[A-Za-z0-9!"$&'()*+,\-.:;<=>[\]_~]/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const ESCAPE = /%([0-9a-fA-F]{2})?/g;

const invalid = (why: string): BuiltinError => new BuiltinError(why);

const percent = (unit: string): string =>
  `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

export const escapePath = (text: string): string =>
  text.replaceAll(/[^]/g, (unit) => (PATH_SEGMENT.test(unit) ? unit : percent(unit)));

export const escapeQuery = (text: string): string =>
  text.replaceAll(/[^]/g, (unit) => (unit === ' ' ? '+' : QUERY.test(unit) ? unit : percent(unit)));

/** @throws BuiltinError */
export const unescapePath = (text: string): string =>
  text.replaceAll(ESCAPE, (_, digits: string | undefined) => {
    if (digits === undefined) throw invalid('invalid URL escape');
    return String.fromCharCode(Number.parseInt(digits, 16));
  });

/** @throws BuiltinError */
export const unescapeQuery = (text: string): string => unescapePath(text.replaceAll('+', ' '));

/** The scheme, as it is written, of what is a URL or a reference to one; empty where there is none. @throws BuiltinError */
export function urlScheme(text: string): string {
  const [url = '', ...fragment] = text.split('#');
  const scheme = schemeOf(url);
  unescapePath(fragment.join('#'));
  return scheme;
}

function schemeOf(url: string): string {
  if (/[^ -~\u0080-\u00ff]/.test(url)) throw invalid('invalid control character in URL');
  if (url === '*') return '';
  if (url.startsWith(':')) throw invalid('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(url)?.[1] ?? '';
  const [rest = ''] = url.slice(scheme === '' ? 0 : scheme.length + 1).split('?');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return scheme;
    if (/^[^/]*:/.test(rest)) throw invalid('first path segment in URL cannot contain colon');
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const authority = hasAuthority ? rest.slice(2).replace(/\/.*$/s, '') : '';
  if (hasAuthority) checkAuthority(scheme.toLowerCase(), authority);
  unescapePath(hasAuthority ? rest.slice(2 + authority.length) : rest);
  return scheme;
}

function checkAuthority(scheme: string, authority: string): void {
  const at = authority.lastIndexOf('@');
  checkHost(scheme, authority.slice(at + 1));
  const user = authority.slice(0, Math.max(at, 0));
  if (!USER.test(user)) throw invalid('invalid userinfo');
  unescapePath(user);
}

function checkHost(scheme: string, host: string): void {
  const open = host.lastIndexOf('[');
  if (open > 0) throw invalid('invalid IP-literal');
  if (open === 0) return checkBracketed(host);
  const isStrict = scheme === 'http' || scheme === 'https';
  const colon = isStrict ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  unescapeHost(host);
}

function checkBracketed(host: string): void {
  const close = host.lastIndexOf(']');
  if (close < 0) throw invalid("missing ']' in host");
  checkPort(host.slice(close + 1));
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const plain = unescapeHost(zone < 0 ? name : name.slice(0, zone));
  const address = parseAddress(zone < 0 ? plain : plain + unescapeZone(name.slice(zone)));
  if (address === undefined || is4(address)) throw invalid('invalid host');
}

function checkPort(port: string): void {
  if (!/^(?::[0-9]*)?$/.test(port)) throw invalid('invalid port after host');
}

/** Only what is not ASCII may be escaped, and the percent sign itself. */
const unescapeHost = (text: string): string => unescapeWhere(text, (unit) => unit === '%' || unit >= '\x80');

const unescapeZone = (text: string): string =>
  unescapeWhere(text, (unit) => unit === '%' || unit === ' ' || HOST.test(unit));

function unescapeWhere(text: string, mayBeEscaped: (unit: string) => boolean): string {
  return text.replaceAll(/%(?:[0-9a-fA-F]{2})?|[^%]/g, (part) => {
    if (part.length === 1) {
      if (part === '%' || (part < '\x80' && !HOST.test(part)))
        throw invalid('invalid character in host name');
      return part;
    }
    const unit = String.fromCharCode(Number.parseInt(part.slice(1), 16));
    if (!mayBeEscaped(unit)) throw invalid('invalid URL escape');
    return unit;
  });
}
