import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';
import { searchLog } from '#core/bundle/search-log';
import type { Envelope } from '#core/dsse/envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import { inParallel } from '#core/oci/in-parallel';
import { mayFollow } from '#core/oci/origin';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Trust } from '#core/trust/trust';
import type { TrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { quote } from '#core/cli/flags';
import type { Subject } from '../judge.ts';
import { claimOf } from './claimed-artifact.ts';

/** Milliseconds for all searches of a command. */
const TIMEOUT = 60_000;

interface LogSearchFlags {
  text(name: 'rekor-url'): string | undefined;
  texts(name: 'log-index'): readonly string[];
  on(name: 'offline'): boolean | undefined;
}

/** An envelope that carries no log entry: by itself, in a layer of `.att` or in a bundle. */
export interface BareEnvelope {
  /** With the certificate that stands beside it. */
  readonly envelope: Envelope;
  /** Its own bytes; in a bundle there are none. */
  readonly bytes: Uint8Array | string | undefined;
  readonly source: string;
  /** How a bundle names the plain key. */
  readonly keyHint: string | undefined;
  /** RFC 3161 TimeStampResp, DER. */
  readonly timestamps: readonly Uint8Array[];
  /** What its statement says that it is about. */
  readonly claimed: readonly Artifact[];
}

/** A log that is asked for entries. */
export class LogSource {
  readonly #client: LogClient;
  readonly #indices: readonly number[];
  #named: Promise<readonly JsonObject[]> | undefined;

  /** @param indices of entries in a log of Rekor v2; without any a log of Rekor v1 is searched */
  constructor(client: LogClient, indices: readonly number[]) {
    this.#client = client;
    this.#indices = indices;
  }

  /** Whether the caller has named the entries. */
  get isNamed(): boolean {
    return this.#indices.length > 0;
  }

  /** Entries that may be about the envelope; nothing of them is believed yet. */
  async entriesFor(
    { envelope, bytes, claimed }: BareEnvelope,
    artifacts: readonly Artifact[],
    root: TrustedRoot,
  ): Promise<readonly JsonObject[]> {
    if (this.isNamed) return (this.#named ??= entriesByIndex(this.#client, this.#indices, root));
    const digests = (artifacts.length === 0 ? claimed : artifacts).flatMap(({ digests: { sha256 } }) =>
      sha256 === undefined ? [] : [sha256],
    );
    return searchLog(this.#client, { envelope, bytes, artifacts: digests });
  }
}

/**
 * The log that the flags name; undefined where they name none.
 * @throws FLAG_CONFLICT, FLAG_REQUIRED, FLAG_VALUE_INVALID, NETWORK_UNAVAILABLE
 */
export async function openLog(io: Io, flags: LogSearchFlags): Promise<LogSource | undefined> {
  const text = flags.text('rekor-url');
  const indices = [...new Set(flags.texts('log-index').map(logIndex))];
  if (text === undefined) {
    if (indices.length === 0) return undefined;
    return refuse('FLAG_REQUIRED', '--log-index says which entry, and no flag says of which log', {
      expected: '--rekor-url URL with --log-index',
      hint: 'as https://log2025-1.rekor.sigstore.dev',
    });
  }
  if (flags.on('offline') === true) {
    refuse('FLAG_CONFLICT', '--offline and --rekor-url exclude each other', {
      expected: 'one of them',
      hint: 'evidence import makes bundles that verify offline',
    });
  }
  if (indices.length > limits.logEntries) {
    refuse('FLAG_VALUE_INVALID', 'there are too many --log-index', {
      expected: `at most ${limits.logEntries}`,
      found: String(indices.length),
    });
  }
  const url = logUrl(text);
  const network = await io.network?.();
  if (network === undefined) {
    return refuse('NETWORK_UNAVAILABLE', 'there is no network to ask a log by', {
      hint: 'give a saved entry by evidence import --log-entry',
    });
  }
  const client = new LogClient({ url, fetch: network.http({}), clock: network.clock, timeout: TIMEOUT });
  return new LogSource(client, indices);
}

function logIndex(text: string): number {
  const index = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(index)) return index;
  return refuse('FLAG_VALUE_INVALID', '--log-index is not the index of an entry', {
    expected: 'a whole number from 0 on, in decimal digits',
    found: quote(text),
  });
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

/** The envelope of an item that carries no log entry; else undefined. */
export function bareEnvelope(item: EvidenceItem): BareEnvelope | undefined {
  if (item.kind === 'refused') return undefined;
  const { content, format, source, bytes, material, logEntries, envelopeDigest, timestamps } = item.evidence;
  if (content.kind !== 'dsse' || logEntries.length > 0) return undefined;
  const isItself = format === 'envelope' || envelopeDigest !== undefined;
  const [certificate] = material.kind === 'certificates' ? material.chain : [];
  const { envelope } = content;
  const signatures = envelope.signatures.map((one) =>
    certificate === undefined ? one : { ...one, certificate },
  );
  return {
    envelope: { ...envelope, signatures },
    bytes: isItself ? bytes : undefined,
    source,
    keyHint: material.kind === 'public-key' && material.hint !== '' ? material.hint : undefined,
    timestamps,
    claimed: claimOf(item),
  };
}

/**
 * The evidence with bundles in place of what carries no log entry. What the log does not prove becomes
 * refused evidence, and does not hide the rest.
 */
export async function withLogEntries(
  log: LogSource | undefined,
  evidence: readonly EvidenceItem[],
  trust: Trust,
): Promise<readonly EvidenceItem[]> {
  const { root } = trust;
  if (log === undefined || root === undefined) return evidence;
  const items = await inParallel(evidence, async (item): Promise<readonly EvidenceItem[]> => {
    const bare = bareEnvelope(item);
    if (bare === undefined || item.kind === 'refused') return [item];
    const { digest } = item.evidence;
    const { envelope, source: name, keyHint, timestamps } = bare;
    try {
      const found = await log.entriesFor(bare, [], root);
      const candidates = found.map((entry) => [entry]);
      const lines = bundleEnvelope({ envelope, name, keyHint, candidates, timestamps, trust });
      return lines.flatMap((line) => parseEvidence(Buffer.from(line), name));
    } catch (error) {
      if (!(error instanceof EdgesealError)) throw error;
      return [{ kind: 'refused', digest, source: name, reason: error.reason }];
    }
  });
  return items.flat();
}

/** The same for what is attached to images. */
export async function subjectsWithLogEntries(
  log: LogSource | undefined,
  subjects: readonly Subject[],
  trust: Trust,
): Promise<readonly Subject[]> {
  const withEntries = async ({ artifact, evidence }: Subject): Promise<Subject> => ({
    artifact,
    evidence: await withLogEntries(log, evidence, trust),
  });
  return Promise.all(subjects.map(withEntries));
}
