import type { JsonObject, JsonValue } from '#core/json/value';

/** Digest algorithm to value, checked as the specification's DigestSet asks (lower-case hex, known lengths). */
export type DigestSet = Readonly<Record<string, string>>;

/**
 * in-toto ResourceDescriptor v1: at least one of `uri`, `digest`, `content`.
 * @see https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md
 */
export interface ResourceDescriptor {
  readonly name?: string | undefined;
  readonly uri?: string | undefined;
  readonly digest?: DigestSet | undefined;
  /** Decoded from base64. */
  readonly content?: Uint8Array | undefined;
  readonly downloadLocation?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly annotations?: JsonObject | undefined;
}

export interface Subject {
  readonly name: string | undefined;
  readonly uri: string | undefined;
  readonly digest: DigestSet;
  readonly annotations?: JsonObject | undefined;
}

/** in-toto Statement v0.1 or v1. */
export interface Statement {
  readonly type: 'https://in-toto.io/Statement/v0.1' | 'https://in-toto.io/Statement/v1';
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  /** Unset is `{}`. */
  readonly predicate: JsonValue;
  /** The whole statement as it was signed: what policies see. */
  readonly document: JsonObject;
  /** The bytes of it, for policies that tell 1 from 1.0. */
  readonly payload: Uint8Array;
}
