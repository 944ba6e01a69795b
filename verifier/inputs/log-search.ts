import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { searchLog } from '#core/bundle/search-log';
import type { Envelope } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { JsonObject } from '#core/json/value';
import { inParallel } from '#core/oci/in-parallel';
import { mayFollow } from '#core/oci/origin';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Trust } from '#core/trust/trust';
import type { Artifact } from '#core/verify/artifact';
import { quote } from '../cli/flags.ts';
import type { Subject } from '../judge.ts';
import { claimOf } from './claimed-artifact.ts';

/** Milliseconds for all searches of a command. */
const TIMEOUT = 60_000;

interface LogSearchFlags {
  text(name: 'rekor-url'): string | undefined;
  on(name: 'offline'): boolean | undefined;
}

/** An envelope that carries no log entry. */
export interface BareEnvelope {
  /** With the certificate that stands beside it. */
  readonly envelope: Envelope;
  readonly bytes: Uint8Array | string;
  readonly source: string;
  /** RFC 3161 TimeStampResp, DER. */
  readonly timestamps: readonly Uint8Array[];
  /** What its statement says that it is about. */
  readonly claimed: readonly Artifact[];
}

/**
 * The log that the flags name; undefined where they name none.
 * @throws FLAG_CONFLICT, FLAG_VALUE_INVALID, NETWORK_UNAVAILABLE
 */
export async function openLog(io: Io, flags: LogSearchFlags): Promise<LogClient | undefined> {
  const text = flags.text('rekor-url');
  if (text === undefined) return undefined;
  if (flags.on('offline') === true) {
    refuse('FLAG_CONFLICT', '--offline and --rekor-url exclude each other', {
      expected: 'one of them',
      hint: 'evidence import makes bundles that verify offline',
    });
  }
  const url = logUrl(text);
  const network = await io.network?.();
  if (network === undefined) {
    return refuse('NETWORK_UNAVAILABLE', 'there is no network to ask a log by', {
      hint: 'give a saved entry by evidence import --log-entry',
    });
  }
  return new LogClient({ url, fetch: network.http({}), clock: network.clock, timeout: TIMEOUT });
}

function logUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url !== undefined && mayFollow(url, url, { allowHttp: false });
  if (url !== undefined && isSafe && url.search === '' && url.hash === '') return url;
  return refuse('FLAG_VALUE_INVALID', '--rekor-url is not the address of a log', {
    expected: 'https://HOST, or http://localhost:PORT on this machine',
    found: quote(text),
  });
}

/** The envelope of an item that carries no log entry, by itself or in a layer of `.att`; else undefined. */
export function bareEnvelope(item: EvidenceItem): BareEnvelope | undefined {
  if (item.kind === 'refused') return undefined;
  const { content, format, source, bytes, material, logEntries, envelopeDigest, timestamps } = item.evidence;
  const isBare = format === 'envelope' || envelopeDigest !== undefined;
  if (content.kind !== 'dsse' || !isBare || logEntries.length > 0 || bytes === undefined) return undefined;
  const [certificate] = material.kind === 'certificates' ? material.chain : [];
  const { envelope } = content;
  const signatures = envelope.signatures.map((one) =>
    certificate === undefined ? one : { ...one, certificate },
  );
  return { envelope: { ...envelope, signatures }, bytes, source, timestamps, claimed: claimOf(item) };
}

/** Entries of the log that may be about the envelope. */
export async function searchFor(
  log: LogClient,
  { envelope, bytes, claimed }: BareEnvelope,
  artifacts: readonly Artifact[],
): Promise<readonly JsonObject[]> {
  const digests = (artifacts.length === 0 ? claimed : artifacts).flatMap(({ digests: { sha256 } }) =>
    sha256 === undefined ? [] : [sha256],
  );
  return searchLog(log, { envelope, bytes, artifacts: digests });
}

/**
 * The evidence with the bundles of its bare envelopes in place of them. What the log does not prove becomes
 * refused evidence, and does not hide the rest.
 */
export async function withLogEntries(
  log: LogClient | undefined,
  evidence: readonly EvidenceItem[],
  trust: Trust,
): Promise<readonly EvidenceItem[]> {
  if (log === undefined || trust.root === undefined) return evidence;
  const items = await inParallel(evidence, async (item): Promise<readonly EvidenceItem[]> => {
    const bare = bareEnvelope(item);
    if (bare === undefined || item.kind === 'refused') return [item];
    const { digest } = item.evidence;
    const { envelope, source, timestamps } = bare;
    try {
      const found = await searchFor(log, bare, []);
      const candidates = found.map((entry) => [entry]);
      const lines = bundleEnvelope({ envelope, name: source, candidates, timestamps, trust });
      return lines.flatMap((line) => parseEvidence(Buffer.from(line), source));
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      return [{ kind: 'refused', digest, source, reason: error.reason }];
    }
  });
  return items.flat();
}

/** The same for what is attached to images. */
export async function subjectsWithLogEntries(
  log: LogClient | undefined,
  subjects: readonly Subject[],
  trust: Trust,
): Promise<readonly Subject[]> {
  const withEntries = async ({ artifact, evidence }: Subject): Promise<Subject> => ({
    artifact,
    evidence: await withLogEntries(log, evidence, trust),
  });
  return Promise.all(subjects.map(withEntries));
}
