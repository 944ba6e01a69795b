import type { Reason } from '#core/errors/reason';
import type { ProvenTime } from '#core/sigstore/signer';

export type Outcome = 'pass' | 'fail' | 'error';

/** One attestation as it was considered. */
export interface ConsideredAttestation {
  /** SHA-256 of the bundle's or envelope's bytes, lower-case hex. */
  readonly digest: string;
  /** File and line, or registry reference. */
  readonly source: string;
  readonly outcome: Outcome;
  readonly predicateType: string | undefined;
  /** The proved signer: SAN, or `key:` and the key's name; undefined when authentication failed. */
  readonly signer: string | undefined;
  readonly issuer: string | undefined;
  /** Times that a log or a timestamp authority proves. */
  readonly times: readonly ProvenTime[];
  readonly reasons: readonly Reason[];
  /** Under a requirement that is judged as cosign judges: what the safe mode says of the CUE policy. */
  readonly safeMode?: { readonly outcome: Outcome; readonly reasons: readonly Reason[] } | undefined;
}

export interface RequirementVerdict {
  readonly name: string;
  readonly outcome: Outcome;
  /** Only this requirement's own reasons; those of each attestation stand with it. */
  readonly reasons: readonly Reason[];
  readonly attestations: readonly ConsideredAttestation[];
  /** Whose way of judging CUE was asked for, if not ours: what a policy constrains may then be absent. */
  readonly cueCompat?: 'cosign' | undefined;
}

/**
 * The answer. The same inputs give the same Verdict byte for byte in canonical JSON (RFC 8785): nothing in
 * it comes from a clock, a path of the machine or the environment.
 */
export interface Verdict {
  readonly outcome: Outcome;
  readonly artifact: {
    readonly name: string;
    readonly digests: Readonly<Record<string, string>>;
  };
  readonly policy: {
    readonly name: string;
    /** SHA-256 of the policy's canonical JSON, lower-case hex. */
    readonly digest: string;
    readonly mode: 'enforce' | 'warn';
  };
  /** SHA-256 of the trusted root's bytes, lower-case hex; undefined where only plain keys are trusted. */
  readonly trustRoot: string | undefined;
  /** Reasons that belong to no requirement: an expired policy, no policy that matches, no evidence. */
  readonly reasons: readonly Reason[];
  readonly requirements: readonly RequirementVerdict[];
}
