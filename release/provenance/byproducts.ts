import { toBase64 } from '#core/bytes/base64';
import { sha256Hex } from '#core/bytes/digest';
import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';
import type { ProvenanceInput } from './build-definition.ts';

/** What was seen of the network around each step, as one document: its digest is the probe of the parameters. */
export interface HermeticSummary {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** Canonical JSON: the evidence of each step by its digest. */
export function summarizeEvidence({ build, steps }: ProvenanceInput): HermeticSummary {
  const document: JsonObject = {
    schemaVersion: 1,
    mechanism: build.sandbox.mechanism,
    version: build.sandbox.version,
    steps: steps.map(({ component, name, platform, evidence }) => ({
      step: `${component}/${name}`,
      platform,
      evidence: { sha256: evidence },
    })),
  };
  const bytes = Buffer.from(canonicalize(document));
  return { sha256: sha256Hex(bytes), bytes };
}

/** The builder's other results, each by its digest (SLSA provenance v1, runDetails.byproducts). */
export function byproducts(input: ProvenanceInput, summary: HermeticSummary): readonly JsonObject[] {
  return [
    {
      name: 'hermetic-evidence.json',
      digest: { sha256: summary.sha256 },
      mediaType: 'application/json',
      content: toBase64(summary.bytes),
    },
    ...input.steps.flatMap(({ component, name, platform, evidence, log }) => {
      const step = `${component}/${name}/${platform.replace('/', '-')}`;
      return [
        { name: `${step}/evidence.json`, digest: { sha256: evidence }, mediaType: 'application/json' },
        { name: `${step}/log.txt`, digest: { sha256: log }, mediaType: 'text/plain' },
      ];
    }),
    ...input.documents.map(({ name, sha256, mediaType }) => ({ name, digest: { sha256 }, mediaType })),
  ];
}
