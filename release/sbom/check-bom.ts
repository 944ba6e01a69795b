import type { ValidateFunction } from 'ajv/dist/2020.js';
import { refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { refuseBySchema } from '#core/json/schema-refusal';
import { parseSbom } from '#core/sbom/sbom';
import { lazySchema } from '../lock/work-file.ts';
import type { BomComponent } from './bom.ts';

/** What release/sbom/bom.schema.json describes, as far as it is looked at. */
interface BomDocument {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly purl?: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const schema: () => Promise<ValidateFunction<BomDocument>> = lazySchema<BomDocument>(
  async () => (await import('./bom.schema.json', { with: { type: 'json' } })).default,
);

/**
 * Reads a bill of materials back as others will: it is CycloneDX 1.6, each reference names one thing that is there, and
 * the verifier finds the same packages in it.
 * @throws SBOM_INVALID
 */
export async function checkBom(
  bytes: Uint8Array,
  name: string,
  components: readonly BomComponent[],
): Promise<void> {
  const document = parseJsonBytes(bytes, name);
  const validate = await schema();
  if (!validate(document))
    return refuseBySchema('SBOM_INVALID', 'bill of materials', validate.errors ?? [], document, () => ({
      file: name,
      line: 1,
      column: 1,
    }));
  const refs = [document.metadata.component['bom-ref'], ...document.components.map((one) => one['bom-ref'])];
  const known = new Set(refs);
  const listed = document.dependencies.map(({ ref }) => ref);
  const used = document.dependencies.flatMap(({ dependsOn }) => dependsOn);
  const isWhole =
    known.size === refs.length &&
    listed.toSorted().join('\n') === refs.toSorted().join('\n') &&
    used.every((ref) => known.has(ref));
  const read = parseSbom({
    predicateType: 'https://cyclonedx.org/bom/v1.6',
    predicate: parseJsonBytes(bytes, name),
  });
  const purls = (all: readonly { readonly purl?: string | undefined }[]): string =>
    all
      .flatMap(({ purl }) => purl ?? [])
      .toSorted()
      .join('\n');
  if (isWhole && purls(read.packages) === purls(components)) return;
  refuse('SBOM_INVALID', `${JSON.stringify(name)} does not say what it should`, {
    expected: `${components.length} components, each once, with what it depends on`,
    found: `${read.packages.length} packages, ${listed.length} nodes of the graph`,
  });
}
