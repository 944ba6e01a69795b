import { escapeControls } from '#core/verdict/escape';
import { toHex } from '#core/bytes/hex';
import { sha256Hex } from '#core/bytes/digest';
import { reasonOf } from '#core/errors/error';
import {
  within,
  type CertificateAuthority,
  type TransparencyLog,
  type Validity,
} from '#core/trust/authorities';
import type { TrustedRoot } from '#core/trust/trusted-root';
import type { JsonObject } from '#core/json/value';

/** What a trusted root contains, for people: whom it names, from when to when, whether that is now. */
export function describeRoot(root: TrustedRoot, now: Date): string {
  const lines = [
    `Digest: sha256:${root.digest}`,
    `Format: ${root.mediaType}`,
    ...section('Certificate authorities', root.certificateAuthorities, (authority) =>
      authorityLines(authority, now),
    ),
    ...section('Transparency logs', root.logs, (log) => logLines(log, now)),
    ...section('Certificate transparency logs', root.ctLogs, (log) => logLines(log, now)),
    ...section('Timestamp authorities', root.timestampAuthorities, (authority) =>
      authorityLines(authority, now),
    ),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

/** The same as a JSON document. */
export function rootDocument(root: TrustedRoot): JsonObject {
  const authority = ({ uri, validity, encoded }: CertificateAuthority): JsonObject => ({
    uri,
    ...validityDocument(validity),
    certificates: encoded.map(sha256Hex),
  });
  const log = ({ baseUrl, id, validity }: TransparencyLog): JsonObject => ({
    baseUrl,
    id,
    ...validityDocument(validity),
  });
  return {
    digest: root.digest,
    mediaType: root.mediaType,
    certificateAuthorities: root.certificateAuthorities.map(authority),
    transparencyLogs: root.logs.map(log),
    certificateTransparencyLogs: root.ctLogs.map(log),
    timestampAuthorities: root.timestampAuthorities.map(authority),
  };
}

function section<T>(
  title: string,
  items: readonly T[],
  lines: (item: T) => readonly string[],
): readonly string[] {
  return [
    `${title}: ${items.length === 0 ? 'none' : items.length}`,
    ...items.flatMap(lines).map((line) => `  ${line}`),
  ];
}

function authorityLines(authority: CertificateAuthority, now: Date): readonly string[] {
  return [
    `${authority.uri || '(without a name)'}: ${validityText(authority.validity, now)}`,
    ...authority.encoded.map((certificate) => `  certificate sha256:${sha256Hex(certificate)}`),
    ...usable(() => authority.chain),
  ];
}

function logLines(log: TransparencyLog, now: Date): readonly string[] {
  return [
    `${log.baseUrl || '(without a name)'}: ${validityText(log.validity, now)}`,
    `  id ${log.id}, checkpoint hint ${toHex(log.keyHint)}`,
    ...usable(() => log.key),
  ];
}

/** A key or chain that cannot be used is said, not hidden: it fails whatever it signed. */
function usable(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    const { message, found } = reasonOf(error);
    return [`  cannot be used: ${message}${found === undefined ? '' : ` (${found})`}`];
  }
}

function validityText(validity: Validity, now: Date): string {
  const state = within(validity, now.getTime())
    ? 'valid now'
    : validity.from > now.getTime()
      ? 'not yet valid'
      : 'no longer valid, still believed for what was signed before';
  return `${day(validity.from)} to ${Number.isFinite(validity.to) ? day(validity.to) : 'no end'} (${state})`;
}

function validityDocument({ from, to }: Validity): JsonObject {
  return Number.isFinite(to) ? { from: day(from), to: day(to) } : { from: day(from) };
}

function day(time: number): string {
  return new Date(time).toISOString();
}
