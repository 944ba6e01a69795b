/** Hosts with ports, as Go's net package splits and joins them. Texts are of octets. */

import { BuiltinError } from './builtin.ts';

const invalid = (why: string): BuiltinError => new BuiltinError(`${why} in address`);

/** @throws BuiltinError */
export function splitHostPort(text: string): readonly [host: string, port: string] {
  const colon = text.lastIndexOf(':');
  if (colon < 0) throw invalid('missing port');
  const host = text.startsWith('[') ? bracketed(text, colon) : text.slice(0, colon);
  if (!text.startsWith('[') && host.includes(':')) throw invalid('too many colons');
  const from = text.startsWith('[') ? 1 : 0;
  if (text.includes('[', from)) throw invalid("unexpected '['");
  if (text.includes(']', from === 0 ? 0 : host.length + 2)) throw invalid("unexpected ']'");
  return [host, text.slice(colon + 1)];
}

function bracketed(text: string, colon: number): string {
  const end = text.indexOf(']');
  if (end < 0) throw invalid("missing ']'");
  if (end + 1 !== colon) throw invalid('missing port');
  return text.slice(1, end);
}

export const joinHostPort = (host: string, port: string): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
