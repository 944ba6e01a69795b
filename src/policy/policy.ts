import type { CueChecks } from './cue-check.ts';
import type { PublicKey } from '#core/crypto/public-key';
import type { Position, Reason } from '#core/errors/reason';
import type { Statement } from '#core/in-toto-attestation/types';
import type { JsonValue } from '#core/json/value';
import type { Facts } from '#core/slsa/facts';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';

/**
 * A compiled pattern: an exact text, a glob where `*` does not cross `/` and `**` does, or a regular
 * expression (RE2), which must fit the whole value; for tags also a
 * version or a semver range.
 */
export interface Pattern {
  readonly kind: 'exact' | 'glob' | 'regexp' | 'versioned-tag' | 'semver-range';
  /** As the policy's author wrote it. */
  readonly text: string;
  readonly test: (value: string) => boolean;
}

/**
 * A check of a whole statement, compiled from a policy language (JSON Schema; CUE). No reason = it holds;
 * each reason already says where in the policy its expectation stands.
 */
export type StatementCheck = (statement: Statement, facts: Facts) => readonly Reason[];

/**
 * A policy, parsed, checked and compiled. It comes from a JSON file (policies/policy.schema.json) or from
 * command line flags; both give this one shape, so a flag and a file are explained alike.
 */
export interface Policy {
  readonly name: string;
  /** SHA-256 of the canonical JSON, lower-case hex. */
  readonly digest: string;
  readonly mode: 'enforce' | 'warn';
  /** RFC 3339 with `Z`. */
  readonly notBefore?: string | undefined;
  readonly expires?: string | undefined;
  /** Artifacts that the policy speaks about; absent = all. */
  readonly subjects?: readonly Pattern[] | undefined;
  /** All that apply to an artifact must pass; none applies = refused. */
  readonly requirements: readonly Requirement[];
  /** Position of a path in the policy (`['requirements', 0, 'level']`), for reasons. */
  readonly locate: (path: readonly (string | number)[]) => Position | undefined;
}

/** A check, what it asks for in words, and what in it may mean something else than its author thinks. */
export interface NamedCheck {
  readonly about: string;
  readonly check: StatementCheck;
  readonly doubts?: CueChecks['doubts'];
}

export interface Requirement {
  readonly name: string;
  /** Its place in the policy, as `['requirements', 0]`. */
  readonly path: readonly (string | number)[];
  /** Narrows the policy's subjects. */
  readonly subjects?: readonly Pattern[] | undefined;
  /** Predicate type URIs, any of which is meant; aliases are resolved. Empty = any predicate type. */
  readonly predicateTypes: readonly string[];
  readonly match: 'any' | 'all' | { readonly atLeast: number; readonly distinctSigners: boolean };
  /** Any one must fit. Empty = whoever the trusted builders name (then `provenance.builders` is not empty). */
  readonly signers: readonly SignerRule[];
  readonly provenance?: ProvenanceRule | undefined;
  readonly package?:
    { readonly name?: string | undefined; readonly version?: string | undefined } | undefined;
  readonly vsa?: VsaRule | undefined;
  readonly sbom?: SbomRule | undefined;
  readonly vulnerabilities?: VulnerabilityRule | undefined;
  /** What the whole statement must satisfy: the JSON Schema (draft 2020-12) of its predicate, CUE. */
  readonly checks: readonly NamedCheck[];
  /**
   * Judged as cosign judges (`--cue-compat=cosign`): exactly this predicate type, and every attestation of it by one of
   * the signers must pass.
   */
  readonly cosign?:
    | {
        /** What would be said otherwise. */
        readonly safe: StatementCheck;
        /** Whether cosign counts the statement: what it cannot read it drops. */
        readonly counts: (statement: Statement) => boolean;
      }
    | undefined;
}

export type SignerRule =
  | {
      readonly kind: 'certificate';
      readonly issuer: Pattern;
      readonly identity: Pattern;
      /** Further extensions, each exact or a glob. */
      readonly extensions: Readonly<Partial<Record<keyof FulcioExtensions, Pattern>>>;
    }
  | {
      readonly kind: 'key';
      /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
      readonly keyDigest: string;
      /** Whether a transparency log entry must be proved too. */
      readonly transparencyLog: 'required' | 'optional';
      /** The key itself where the policy holds it: who verifies by this policy trusts it. */
      readonly publicKey?: PublicKey | undefined;
    };

/** One trusted builder: who signs as it, and what level it is trusted for. */
export interface BuilderRule {
  /**
   * `builder.id`. Without `@version` any full semver tag (`refs/tags/vX.Y.Z`) of that workflow is meant;
   * `@vX.Y.Z` is short for `@refs/tags/vX.Y.Z`.
   */
  readonly id: string;
  /** SAN of the signing certificate without its ref, where it is not the builder's id (delegators, npm's runner). */
  readonly identity?: Pattern | undefined;
  /** OIDC issuer of the signing certificate; absent = GitHub Actions (`https://token.actions.githubusercontent.com`). */
  readonly issuer?: Pattern | undefined;
  readonly level: 0 | 1 | 2 | 3;
  /** Whether a ref other than a full semver tag is accepted (default false). */
  readonly anyRef?: boolean | undefined;
}

export interface SourceRule {
  /** `https://host/owner/repo`. */
  readonly repository?: Pattern | undefined;
  readonly ref?: Pattern | undefined;
  /** Without `refs/heads/`. */
  readonly branch?: string | undefined;
  /** Without `refs/tags/`. */
  readonly tag?: string | undefined;
  /** As slsa-verifier's versioned tag: `v1`, `v1.2`, `v1.2.3`. */
  readonly versionedTag?: Pattern | undefined;
  /** Semver range over the tag (`^1.20.0`). */
  readonly tagRange?: Pattern | undefined;
  /** Git commit, lower-case hex. */
  readonly digest?: string | undefined;
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
}

export interface ProvenanceRule {
  readonly builders: readonly BuilderRule[];
  /** Minimum SLSA Build level; a builder that no rule names has level 1 at most. */
  readonly level?: 0 | 1 | 2 | 3 | undefined;
  readonly buildType?: Pattern | undefined;
  readonly source?: SourceRule | undefined;
  readonly workflow?: Pattern | undefined;
  readonly triggers?: readonly string[] | undefined;
  readonly runnerEnvironment?: string | undefined;
  /** Inputs that must have this value. */
  readonly workflowInputs?: Readonly<Record<string, string>> | undefined;
  /** Exact set: every external parameter must be listed here with a value (or `true` for any value). */
  readonly externalParameters?: Readonly<Record<string, JsonValue>> | undefined;
  readonly hermetic?: boolean | undefined;
  readonly dependenciesComplete?: boolean | undefined;
  /** Hosts from which dependencies may come; a dependency of another host, or of none, is refused. */
  readonly dependencyHosts?: readonly Pattern[] | undefined;
}

export interface VsaRule {
  readonly verifierId?: Pattern | undefined;
  readonly resourceUri?: Pattern | undefined;
  /** `SLSA_<TRACK>_LEVEL_<n>` compared by number in its track, anything else by membership. */
  readonly verifiedLevels: readonly string[];
}

export interface SbomRule {
  readonly formats?: readonly ('CycloneDX' | 'SPDX')[] | undefined;
  /** Package URLs (globs) of which none may be listed. */
  readonly forbidPackages?: readonly Pattern[] | undefined;
  readonly minimumPackages?: number | undefined;
}

export interface VulnerabilityRule {
  /** Seconds between the scan's end and the given time. */
  readonly maxAge?: number | undefined;
  /** Severities of which no finding may be. */
  readonly forbidSeverities?: readonly string[] | undefined;
}
