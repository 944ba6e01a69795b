import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { readRekorEntries } from '#core/bundle/rekor-entry';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { readCosignTimestamp } from '#core/tsa/cosign-timestamp';
import { examine } from '#core/verify/examine';
import { defineCommand } from '#core/cli/command';
import type { Flags } from '#core/cli/flags';
import { readArtifact } from '../inputs/artifact.ts';
import { claimOf } from '../inputs/claimed-artifact.ts';
import { nameOf, readEvidence } from '../inputs/evidence.ts';
import { logSearchFlags } from '../inputs/log-search-flags.ts';
import { bareEnvelope, openLog, type BareEnvelope } from '../inputs/log-search.ts';
import { trustFlags } from '../inputs/trust-flags.ts';
import { loadTrustedRoot, readKey } from '../inputs/trust.ts';

const flagTable = {
  'log-entry': {
    kind: 'texts',
    value: 'FILE',
    about: "a log entry, JSON: as Rekor v1's API answers with it, or a TransparencyLogEntry of Rekor v2",
  },
  ...logSearchFlags,
  artifact: {
    kind: 'texts',
    value: 'FILE|DIGEST',
    about: 'with --rekor-url: search by this artifact too, instead of the one that the statement names first',
  },
  key: { kind: 'text', value: 'FILE', about: 'the PEM public key that signed, where no certificate did' },
  'rfc3161-timestamp': {
    kind: 'texts',
    value: 'FILE',
    about:
      'a signed timestamp over the signature, of one envelope: a TimeStampResp (DER), or as cosign writes it; needed where a certificate signed and the log tells no time, as Rekor v2',
  },
  out: { kind: 'text', value: 'FILE', about: 'write there instead of to standard output' },
  ...trustFlags,
} as const;

export const command = defineCommand({
  name: 'evidence import',
  usage: '--log-entry FILE|--rekor-url URL [flags] FILE...',
  about: [
    'Turns DSSE envelopes whose log entries lie in a public log into Sigstore bundles that carry the entry and so verify without a network. Older releases of slsa-github-generator publish such bare envelopes (*.intoto.jsonl). A bundle without log entry is taken too, and keeps its signed timestamps.',
    "The entry is searched in a log of Rekor v1 by digests of envelope, payload and artifact (--rekor-url), or read from a log of Rekor v2 by its index (--rekor-url and --log-index), or is the log's answer saved as a file (--log-entry, of one envelope), for example to GET https://rekor.sigstore.dev/api/v1/log/entries?logIndex=N. Nobody believes the log's word: signature, certificate, promise, proof and checkpoint are checked before a bundle is written, and an entry of something else is refused.",
    'Bundles are written as JSON lines, v0.3; v0.1 where the entry has no inclusion proof.',
  ],
  operands: { name: 'FILE', min: 1, max: 1000 },
  flags: flagTable,
  examples: [
    {
      about: 'Make an old release verifiable offline',
      command:
        'edgeseal evidence import --rekor-url https://rekor.sigstore.dev --out app.sigstore.json app.intoto.jsonl',
    },
    {
      about: 'The same with an entry that was saved',
      command: 'edgeseal evidence import --log-entry entry.json --out app.sigstore.json app.intoto.jsonl',
    },
    {
      about: 'An entry of a log of Rekor v2, and when the certificate signed',
      command:
        'edgeseal evidence import --rekor-url https://log2025-1.rekor.sigstore.dev --log-index 4711 --rfc3161-timestamp app.tsr --out app.sigstore.json app.intoto.jsonl',
    },
  ],
  run: async (flags, files, io) => {
    const candidatesOf = await candidateFinder(io, flags);
    const keyPath = flags.text('key');
    const key = keyPath === undefined ? undefined : readKey(io, keyPath, 'required');
    const envelopes = files.flatMap((file) => readEnvelopes(io, file));
    const isOfOne = flags.given('log-entry') || flags.given('rfc3161-timestamp');
    if (isOfOne && envelopes.length > 1) severalEnvelopes(envelopes.length);
    const timestamps = flags.texts('rfc3161-timestamp').map((path) => readTimestamp(io, path));
    const root = await loadTrustedRoot(io, flags);
    const trust = { root, keys: key === undefined ? [] : [key] };
    const lines: string[] = [];
    for (const bare of envelopes) {
      const { envelope, source: name, keyHint } = bare;
      const candidates = await candidatesOf(bare, root);
      const stamps = [...bare.timestamps, ...timestamps];
      const made = bundleEnvelope({ envelope, name, keyHint, candidates, timestamps: stamps, trust });
      for (const item of made.flatMap((line) => parseEvidence(Buffer.from(line), name))) {
        const { failure } = examine(item, claimOf(item)[0] ?? NOTHING, trust);
        if (failure !== undefined) refuse(failure.code, failure.message, failure);
      }
      lines.push(...made.map((line) => `${line}\n`));
    }
    const out = flags.text('out');
    if (out === undefined) io.stdout(lines.join(''));
    else io.files.write(out, Buffer.from(lines.join('')));
    return 0;
  },
});

/** What a TimeStampResp begins with. */
const DER_SEQUENCE = 0x30;

const NOTHING = { name: 'nothing', kind: 'digest', digests: {} } as const;

type FindCandidates = (bare: BareEnvelope, root: TrustedRoot) => Promise<readonly (readonly JsonObject[])[]>;

/** Saved entries belong together; of those that a log finds each stands for itself. */
async function candidateFinder(io: Io, flags: Flags<typeof flagTable>): Promise<FindCandidates> {
  const saved = flags.texts('log-entry');
  const log = await openLog(io, flags);
  if ((log === undefined) === (saved.length === 0)) {
    return refuse(
      log === undefined ? 'FLAG_REQUIRED' : 'FLAG_CONFLICT',
      'one of --log-entry and --rekor-url says where log entries come from',
      {
        expected: '--log-entry FILE, or --rekor-url URL to ask the log',
        found: log === undefined ? 'neither' : 'both',
      },
    );
  }
  const named = log === undefined ? '--log-entry' : log.isNamed ? '--log-index' : undefined;
  if (named !== undefined && flags.given('artifact')) {
    refuse('FLAG_CONFLICT', `--artifact says what to search by, and ${named} searches nothing`, {
      expected: '--rekor-url URL with --artifact',
    });
  }
  if (log === undefined) {
    const entries = saved.flatMap((path) =>
      readRekorEntries(io.files.read(path, limits.configFile), nameOf(path)),
    );
    return async () => [entries];
  }
  const artifacts = flags.texts('artifact').map((operand) => readArtifact(io, operand));
  return async (bare, root) => (await log.entriesFor(bare, artifacts, root)).map((entry) => [entry]);
}

function readEnvelopes(io: Io, file: string): readonly BareEnvelope[] {
  return readEvidence(io, [file]).map((item) => {
    if (item.kind === 'refused') return refuse(item.reason.code, item.reason.message, item.reason);
    const bare = bareEnvelope(item);
    if (bare !== undefined) return bare;
    const { source, content } = item.evidence;
    const isEnvelope = content.kind === 'dsse';
    return refuse(
      'EVIDENCE_UNRECOGNISED',
      `${source} ${isEnvelope ? 'has its log entry already' : 'holds no envelope'}`,
      {
        expected: 'a DSSE envelope, or a bundle of one, without its log entry',
        found: isEnvelope ? 'a Sigstore bundle with a log entry' : 'a Sigstore bundle of a message signature',
        hint: 'verify it as it is',
      },
    );
  });
}

/** A TimeStampResp, DER: as such, or in cosign's JSON. Who made it is checked with the bundle. */
function readTimestamp(io: Io, path: string): Uint8Array {
  const bytes = io.files.read(path, limits.configFile);
  if (bytes[0] === DER_SEQUENCE) return bytes;
  const where = { code: 'TIMESTAMP_INVALID', path: nameOf(path) } as const;
  return readCosignTimestamp(decodeUtf8(bytes, where.path), where);
}

function severalEnvelopes(count: number): never {
  return refuse('EVIDENCE_TOO_MANY', 'there are several envelopes for what is of one', {
    expected: 'one DSSE envelope, that the log entry or the timestamp is of',
    found: String(count),
    hint: 'import them one by one, or let the log be searched by --rekor-url',
  });
}
