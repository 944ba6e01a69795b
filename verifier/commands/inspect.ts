import type { Io } from '#core/io/io';
import { canonicalize } from '#core/json/canonical';
import { toHex } from '#core/bytes/hex';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Artifact } from '#core/verify/artifact';
import { examine } from '#core/verify/examine';
import { defineCommand } from '#core/cli/command';
import { readArtifact } from '../inputs/artifact.ts';
import { claimOf } from '../inputs/claimed-artifact.ts';
import { readEvidence } from '../inputs/evidence.ts';
import { loadRegistryKeys } from '../inputs/registry-keys.ts';
import { trustFlags } from '../inputs/trust-flags.ts';
import { loadTrustedRoot, readKey } from '../inputs/trust.ts';
import { inspection, inspectionDocument, inspectionText } from '../report/inspection.ts';

export const command = defineCommand({
  name: 'inspect',
  usage: '[flags] FILE...',
  about: [
    'Shows what the attestations in FILE say: who signed them and when, what they are about, who built it from what, where and how, what it depends on; and for each line whether the certificate, the log or only the word of the builder stands behind it.',
    'It asks for nothing in particular, so what it shows is no reason to install anything: the verify commands decide. The exit code is 0 where every attestation is authentic, 1 where one is not.',
  ],
  operands: { name: 'FILE', min: 1, max: 1000 },
  flags: {
    artifact: {
      kind: 'text',
      value: 'ARTIFACT',
      about: 'a file, - or a digest that the attestations must be about',
    },
    key: { kind: 'texts', value: 'FILE', about: 'a PEM public key that may have signed' },
    ...trustFlags,
    output: {
      kind: 'text',
      short: 'o',
      value: 'FORMAT',
      oneOf: ['text', 'json'],
      about: 'how it is printed',
    },
  },
  examples: [
    { about: 'Who built this?', command: 'edgeseal inspect --offline app.intoto.jsonl' },
    { about: 'For a script', command: 'edgeseal inspect --output json app.sigstore.json' },
  ],
  run: async (flags, operands, io) => {
    const isJson = flags.text('output') === 'json';
    const items = readEvidence(io, operands);
    const trust = {
      root: await loadTrustedRoot(io, flags),
      keys: [
        ...flags.texts('key').map((path) => readKey(io, path, 'optional')),
        ...(items.some(isByKey) ? await loadRegistryKeys(io, undefined, flags) : []),
      ],
    };
    const given = flags.text('artifact');
    const artifact = given === undefined ? undefined : readArtifact(io, given);
    const found = items.map((item) => inspection(item, examine(item, artifact ?? claimed(item), trust)));
    const documents = found.map(inspectionDocument);
    print(
      io,
      isJson ? documents.map((one) => `${canonicalize(one)}\n`) : [found.map(inspectionText).join('\n')],
    );
    return found.every(({ failure }) => failure === undefined) ? 0 : 1;
  },
});

/** A key that is only named may be the npm registry's. */
function isByKey(item: EvidenceItem): boolean {
  return item.kind === 'evidence' && item.evidence.material.kind === 'public-key';
}

function print(io: Io, texts: readonly string[]): void {
  for (const text of texts) io.stdout(text);
}

/** What the evidence itself says that it is about; nothing where it does not say. */
function claimed(item: EvidenceItem): Artifact {
  if (item.kind === 'evidence' && item.evidence.content.kind === 'message') {
    const { digestAlgorithm, digest } = item.evidence.content;
    return { name: 'the signed artifact', kind: 'digest', digests: { [digestAlgorithm]: toHex(digest) } };
  }
  return claimOf(item)[0] ?? { name: 'nothing', kind: 'digest', digests: {} };
}
