import { readRekorEntries, verifierOfEntry } from '#core/bundle/rekor-entry';
import { writeBundle, type BundleParts } from '#core/bundle/write-bundle';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Envelope, EnvelopeSignature } from '#core/dsse/envelope';
import type { Io } from '#core/io/io';
import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import { limits } from '#core/limits';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { defineCommand } from '../cli/command.ts';
import { claimOf } from '../inputs/claimed-artifact.ts';
import { nameOf, readEvidence } from '../inputs/evidence.ts';
import { trustFlags } from '../inputs/trust-flags.ts';
import { loadTrustedRoot, readKey } from '../inputs/trust.ts';

export const command = defineCommand({
  name: 'evidence import',
  usage: '[flags] FILE',
  about: [
    'Turns the DSSE envelope in FILE, whose log entry lies in the public log, into a Sigstore bundle that carries the entry and so verifies without a network. Older releases of slsa-github-generator publish such bare envelopes (*.intoto.jsonl).',
    "The log entry is the log's answer, for example to GET https://rekor.sigstore.dev/api/v1/log/entries?logIndex=N, saved as a file. The bundle is checked before it is written: an entry of something else is refused.",
    'Bundles are written as JSON lines, v0.3; v0.1 where the entry has no inclusion proof.',
  ],
  operands: { name: 'FILE', min: 1, max: 1 },
  flags: {
    'log-entry': {
      kind: 'texts',
      value: 'FILE',
      required: true,
      about: "a log entry of Rekor v1's API, JSON",
    },
    key: { kind: 'text', value: 'FILE', about: 'the PEM public key that signed, where no certificate did' },
    out: { kind: 'text', value: 'FILE', about: 'write there instead of to standard output' },
    ...trustFlags,
  },
  examples: [
    {
      about: 'Make an old release verifiable offline',
      command: 'edgeseal evidence import --log-entry entry.json --out app.sigstore.json app.intoto.jsonl',
    },
  ],
  run: async (flags, [file = '-'], io) => {
    const envelope = readEnvelope(io, file);
    const entries = flags
      .texts('log-entry')
      .flatMap((path) => readRekorEntries(io.files.read(path, limits.configFile), nameOf(path)));
    const keyPath = flags.text('key');
    const key = keyPath === undefined ? undefined : readKey(io, keyPath, 'required');
    const trust = { root: await loadTrustedRoot(io, flags), keys: key === undefined ? [] : [key] };
    const lines: string[] = [];
    const refused: EdgesealError[] = [];
    for (const signature of envelope.signatures) {
      try {
        const bundle = writeBundle(partsOf(envelope, signature, entries, key?.key.digest));
        const line = canonicalize(bundle);
        for (const item of parseEvidence(Buffer.from(line), nameOf(file))) {
          const { failure } = examine(item, claimOf(item)[0] ?? NOTHING, trust);
          if (failure !== undefined) refuse(failure.code, failure.message, failure);
        }
        lines.push(`${line}\n`);
      } catch (error) {
        if (!(error instanceof EdgesealError)) throw error;
        refused.push(error);
      }
    }
    const [first] = refused;
    if (lines.length === 0 && first !== undefined) throw first;
    const out = flags.text('out');
    if (out === undefined) io.stdout(lines.join(''));
    else io.files.write(out, Buffer.from(lines.join('')));
    return 0;
  },
});

const NOTHING = { name: 'nothing', kind: 'digest', digests: {} } as const;

function readEnvelope(io: Io, file: string): Envelope {
  const items = readEvidence(io, [file]);
  const [item] = items;
  if (items.length !== 1 || item === undefined) {
    return refuse('EVIDENCE_TOO_MANY', `${nameOf(file)} holds several attestations`, {
      expected: 'one DSSE envelope, that the log entry is of',
      found: String(items.length),
      hint: 'import them one by one',
    });
  }
  if (item.kind === 'refused') return refuse(item.reason.code, item.reason.message, item.reason);
  const { content, format } = item.evidence;
  if (content.kind === 'dsse' && format === 'envelope') return content.envelope;
  return refuse('EVIDENCE_UNRECOGNISED', `${nameOf(file)} is a bundle already`, {
    expected: 'a DSSE envelope without its log entry',
    found: 'a Sigstore bundle',
    hint: 'verify it as it is',
  });
}

/** The signer is the certificate in the envelope, else the one in the log entry, else the given key. */
function partsOf(
  envelope: Envelope,
  signature: EnvelopeSignature,
  logEntries: readonly JsonObject[],
  keyDigest: string | undefined,
): BundleParts {
  if (keyDigest !== undefined) {
    return { envelope, signature, signer: { keyHint: signature.keyid ?? keyDigest }, logEntries };
  }
  const [entry] = logEntries;
  const logged = entry === undefined ? undefined : verifierOfEntry(entry);
  const certificate = signature.certificate ?? (logged?.label === 'CERTIFICATE' ? logged.der : undefined);
  if (certificate === undefined) {
    return refuse('KEY_UNKNOWN', 'neither the envelope nor the log entry has the certificate that signed', {
      expected: 'a certificate',
      hint: 'give the public key of the signer by --key',
    });
  }
  return { envelope, signature, signer: { certificate }, logEntries };
}
