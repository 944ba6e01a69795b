import type { ResourceDescriptor } from '#core/in-toto-attestation/types';
import type { JsonObject, JsonValue } from '#core/json/value';

/**
 * Who answers for a value: the certificate that signed it (an extension says the same), the transparency
 * log, or only the builder's word.
 */
export type AssertedBy = 'certificate' | 'log' | 'builder';

export interface Fact<T> {
  readonly value: T;
  readonly by: AssertedBy;
  /** Where in the statement, as `predicate.builder.id`; for certificate-only facts the extension's name. */
  readonly path: string;
}

/**
 * SLSA provenance v0.2 or v1 in one shape. A field that the document does not have is undefined: absence
 * never satisfies a policy.
 */
export interface ProvenanceFacts {
  readonly kind: 'provenance';
  readonly predicateType: string;
  readonly builderId: Fact<string>;
  readonly buildType: Fact<string>;
  /** `https://host/owner/repo`, no `git+`, no ref. */
  readonly sourceRepository: Fact<string> | undefined;
  /** `refs/heads/main`, `refs/tags/v1`. */
  readonly sourceRef: Fact<string> | undefined;
  /** Without `refs/heads/`. Branch of the ref, or of a release's or tag push's base where the event says so. */
  readonly sourceBranch: Fact<string> | undefined;
  /** Without `refs/tags/`. */
  readonly sourceTag: Fact<string> | undefined;
  /** Git commit, lower-case hex. */
  readonly sourceDigest: Fact<string> | undefined;
  /** Path of the workflow file in the source repository. */
  readonly workflowPath: Fact<string> | undefined;
  readonly trigger: Fact<string> | undefined;
  readonly runnerEnvironment: Fact<string> | undefined;
  readonly repositoryId: Fact<string> | undefined;
  readonly ownerId: Fact<string> | undefined;
  readonly invocationId: Fact<string> | undefined;
  /** Inputs of a `workflow_dispatch`, where recorded. */
  readonly workflowInputs: Fact<JsonObject> | undefined;
  /** v1 externalParameters; v0.2 invocation.parameters. */
  readonly externalParameters: Fact<JsonValue> | undefined;
  /** v1 resolvedDependencies; v0.2 materials. */
  readonly dependencies: Fact<readonly ResourceDescriptor[]>;
  /** True only where the predicate claims that the list of dependencies is complete. */
  readonly dependenciesComplete: Fact<boolean> | undefined;
  /** True only where the predicate states a build without network. */
  readonly hermetic: Fact<boolean> | undefined;
  readonly reproducible: Fact<boolean> | undefined;
  readonly startedOn: Fact<string> | undefined;
  readonly finishedOn: Fact<string> | undefined;
}

/** SLSA Verification Summary Attestation v1. */
export interface VsaFacts {
  readonly kind: 'vsa';
  readonly predicateType: string;
  readonly verifierId: string;
  readonly resourceUri: string;
  readonly policyUri: string | undefined;
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
  readonly timeVerified: string | undefined;
  readonly slsaVersion: string | undefined;
}

export interface SbomFacts {
  readonly kind: 'sbom';
  readonly predicateType: string;
  readonly format: 'CycloneDX' | 'SPDX';
  readonly version: string;
  /** RFC 3339; when the document says it was made. */
  readonly created: string | undefined;
  readonly packages: readonly SbomPackage[];
}

export interface SbomPackage {
  readonly name: string;
  readonly version: string | undefined;
  readonly purl: string | undefined;
  readonly licenses: readonly string[];
}

/** A vulnerability report: in-toto vulns v0.2, cosign vuln v1. */
export interface VulnerabilityFacts {
  readonly kind: 'vulnerabilities';
  readonly predicateType: string;
  readonly scanner: string | undefined;
  readonly scanFinishedOn: string | undefined;
  readonly findings: readonly { readonly id: string; readonly severity: string | undefined }[];
}

/** npm's publish attestation: the registry's own word on name and version. */
export interface PublishFacts {
  readonly kind: 'publish';
  readonly predicateType: string;
  readonly name: string;
  readonly version: string;
  readonly registry: string | undefined;
}

/** A predicate that edgeseal has no model of: policies still see the whole statement. */
export interface OtherFacts {
  readonly kind: 'other';
  readonly predicateType: string;
}

export type Facts = ProvenanceFacts | VsaFacts | SbomFacts | VulnerabilityFacts | PublishFacts | OtherFacts;
