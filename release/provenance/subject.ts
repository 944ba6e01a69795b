import type { JsonObject } from '#core/json/value';

/** What a statement is about. */
export interface ProducedSubject {
  /** The asset's name; of an image its repository; of what lies in others its path there. */
  readonly name: string;
  readonly digest: { readonly sha256: string; readonly sha512?: string };
  /** Of what is published only as a part of others: these, as `sha256:HEX`. */
  readonly within?: readonly string[];
}

/** A ResourceDescriptor of in-toto. */
export function subjectJson({ name, digest, within }: ProducedSubject): JsonObject {
  return {
    name,
    digest: { ...digest },
    ...(within === undefined ? {} : { annotations: { edgeseal_within: within } }),
  };
}
