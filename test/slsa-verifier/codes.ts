import type { ReasonCode } from '#core/errors/codes';

/** A row of cases.json: one call of slsa-verifier and what came of it. */
export interface Row {
  readonly id: string;
  readonly command: 'verify-artifact' | 'verify-npm-package' | 'verify-image';
  readonly artifact: string | readonly string[];
  readonly provenance: string | null;
  readonly flags: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly expect: string;
  readonly needsRekorSearch: boolean;
}

/** The code that says what slsa-verifier's error says. */
const CODES: Readonly<Record<string, ReasonCode>> = {
  MismatchSource: 'SOURCE_REPOSITORY_MISMATCH',
  MismatchTag: 'SOURCE_TAG_MISMATCH',
  MismatchVersionedTag: 'SOURCE_VERSIONED_TAG_MISMATCH',
  MismatchBranch: 'SOURCE_BRANCH_MISMATCH',
  InvalidRef: 'BUILDER_REF_INVALID',
  UntrustedReusableWorkflow: 'BUILDER_UNTRUSTED',
  InvalidBuilderID: 'BUILDER_ID_INVALID',
  MismatchBuilderID: 'BUILDER_ID_MISMATCH',
  InvalidSignature: 'SIGNATURE_INVALID',
  MismatchPackageName: 'PACKAGE_NAME_MISMATCH',
  MismatchPackageVersion: 'PACKAGE_VERSION_MISMATCH',
  MismatchHash: 'ARTIFACT_DIGEST_MISMATCH',
  MismatchWorkflowInputs: 'WORKFLOW_INPUT_MISMATCH',
  RekorSearch: 'LOG_ENTRY_MISSING',
  NotSupported: 'FLAG_UNSUPPORTED',
};

/** What edgeseal must come to: an exit code, and for a refusal its reason. */
export interface Expected {
  readonly exit: 0 | 1 | 2;
  readonly code: ReasonCode | undefined;
}

/**
 * - A row that needs a search of the public log has no proof of time: offline it is refused, whatever the
 *   search would have shown.
 * - slsa-verifier's InvalidRef also stands for a build that has no tag, or no branch, where one is asked for.
 * - The rows call the code behind the command line: a missing builder is a missing flag there.
 */
export function expectedOf(row: Row): Expected {
  if (row.needsRekorSearch) return { exit: 1, code: 'LOG_ENTRY_MISSING' };
  if (row.expect === 'pass') return { exit: 0, code: undefined };
  if (row.expect === 'InvalidBuilderID' && row.flags['builder-id'] === undefined)
    return { exit: 2, code: 'FLAG_REQUIRED' };
  if (row.expect === 'NotSupported') return { exit: 2, code: 'FLAG_UNSUPPORTED' };
  return { exit: 1, code: row.expect === 'InvalidRef' ? refCode(row) : CODES[row.expect] };
}

function refCode({ flags }: Row): ReasonCode {
  if (flags['source-tag'] !== undefined) return 'SOURCE_TAG_MISMATCH';
  if (flags['source-versioned-tag'] !== undefined) return 'SOURCE_VERSIONED_TAG_MISMATCH';
  return flags['source-branch'] !== undefined ? 'SOURCE_BRANCH_MISMATCH' : 'BUILDER_REF_INVALID';
}
