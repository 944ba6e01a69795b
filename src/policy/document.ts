import type { JsonObject, JsonValue } from '#core/json/value';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';
import type { PatternText } from './pattern.ts';

/**
 * A policy as it is written: what policies/policy.schema.json describes, and what command line flags are
 * turned into. {@link definePolicy} makes a Policy of it.
 */
export interface PolicyDocument {
  readonly $schema?: string;
  readonly name: string;
  readonly description?: string;
  readonly mode?: 'enforce' | 'warn';
  readonly notBefore?: string;
  readonly expires?: string;
  readonly subjects?: readonly PatternText[];
  readonly requirements: readonly RequirementDocument[];
}

export interface RequirementDocument {
  readonly name?: string;
  readonly description?: string;
  readonly subjects?: readonly PatternText[];
  readonly predicateType?: string | readonly string[];
  readonly match?: 'any' | 'all' | { readonly atLeast: number; readonly distinctSigners?: boolean };
  readonly signers?: readonly SignerDocument[];
  readonly provenance?: ProvenanceDocument;
  readonly package?: { readonly name?: string; readonly version?: string };
  readonly vsa?: {
    readonly verifierId?: PatternText;
    readonly resourceUri?: PatternText;
    readonly verifiedLevels?: readonly string[];
  };
  readonly sbom?: {
    readonly formats?: readonly ('CycloneDX' | 'SPDX')[];
    readonly forbidPackages?: readonly PatternText[];
    readonly minimumPackages?: number;
  };
  readonly vulnerabilities?: { readonly maxAge?: number; readonly forbidSeverities?: readonly string[] };
  readonly predicate?: JsonObject | boolean;
  /** CUE as a text, or where it is. */
  readonly cue?: string | CueDocument;
}

/** Files of CUE that are one policy: paths, and once they are read their texts. */
export interface CueDocument {
  readonly files: readonly (string | CueSource)[];
  /** To be judged as cosign judges: the predicate type as given to its `--type`. No file of a policy says so. */
  readonly cosign?: string;
}

/** A text of CUE, and what reports call it. */
export interface CueSource {
  readonly name: string;
  readonly text: string;
}

export interface SignerDocument {
  readonly issuer?: PatternText;
  readonly identity?: PatternText;
  readonly extensions?: Readonly<Partial<Record<keyof FulcioExtensions, PatternText>>>;
  readonly key?: { readonly sha256?: string; readonly pem?: string };
  readonly transparencyLog?: 'required' | 'optional';
}

export interface BuilderDocument {
  readonly id: string;
  readonly identity?: PatternText;
  readonly issuer?: PatternText;
  readonly level: 0 | 1 | 2 | 3;
  readonly anyRef?: boolean;
}

export interface ProvenanceDocument {
  readonly builders?: readonly BuilderDocument[];
  readonly level?: 0 | 1 | 2 | 3;
  readonly buildType?: PatternText;
  readonly source?: SourceDocument;
  readonly workflow?: PatternText;
  readonly triggers?: readonly string[];
  readonly runnerEnvironment?: string;
  readonly workflowInputs?: Readonly<Record<string, string>>;
  readonly externalParameters?: Readonly<Record<string, JsonValue>>;
  readonly hermetic?: boolean;
  readonly dependenciesComplete?: boolean;
  readonly dependencyHosts?: readonly PatternText[];
}

export interface SourceDocument {
  readonly repository?: PatternText;
  readonly ref?: PatternText;
  readonly branch?: string;
  readonly tag?: string;
  readonly versionedTag?: string;
  readonly tagRange?: string;
  readonly digest?: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
}
