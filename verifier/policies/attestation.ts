import { refuse } from '#core/errors/error';
import type { CueDocument, CueSource, PolicyDocument, SignerDocument } from '#core/policy/document';
import type { PatternText } from '#core/policy/pattern';
import type { FlagMap } from './from-flags.ts';
import { literal } from './literal.ts';

/** cosign's flags about who signed and what. */
export interface AttestationFlags {
  readonly identity: string | undefined;
  readonly identityRegexp: string | undefined;
  readonly issuer: string | undefined;
  readonly issuerRegexp: string | undefined;
  /** By what follows `--certificate-github-workflow-`. */
  readonly workflow: Readonly<Record<WorkflowFlag, string | undefined>>;
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly keyDigest: string | undefined;
  readonly ignoreLog: boolean;
  /** Alias or URI; undefined = any type. */
  readonly type: string | undefined;
  /** Files of CUE, which are one policy; may be none. */
  readonly cue: readonly CueSource[];
  /** Whether they are judged as cosign judges. */
  readonly asCosign: boolean;
}

/** cosign's, without `--type`. */
export const DEFAULT_TYPE = 'custom';

export type WorkflowFlag = 'trigger' | 'sha' | 'name' | 'repository' | 'ref';

const FLAG_MAP: FlagMap = {
  'requirements.0.predicateType': '--type',
  'requirements.0.cue': '--policy',
  'requirements.0.signers.0.identity': '--certificate-identity',
  'requirements.0.signers.0.issuer': '--certificate-oidc-issuer',
  'requirements.0.signers.0.extensions.buildTrigger': '--certificate-github-workflow-trigger',
  'requirements.0.signers.0.extensions.sourceRepositoryDigest': '--certificate-github-workflow-sha',
  'requirements.0.signers.0.extensions.githubWorkflowName': '--certificate-github-workflow-name',
  'requirements.0.signers.0.extensions.sourceRepositoryUri': '--certificate-github-workflow-repository',
  'requirements.0.signers.0.extensions.sourceRepositoryRef': '--certificate-github-workflow-ref',
  'requirements.0.signers.0.key': '--key',
};

/** Which flag states what. */
export function attestationFlagMap({ identityRegexp, issuerRegexp }: AttestationFlags): FlagMap {
  return {
    ...FLAG_MAP,
    ...(identityRegexp === undefined
      ? {}
      : { 'requirements.0.signers.0.identity': '--certificate-identity-regexp' }),
    ...(issuerRegexp === undefined
      ? {}
      : { 'requirements.0.signers.0.issuer': '--certificate-oidc-issuer-regexp' }),
  };
}

/** The policy that the flags state. @throws FLAG_CONFLICT, FLAG_REQUIRED */
export function attestationDocument(flags: AttestationFlags): PolicyDocument {
  return {
    name: 'verify-attestation',
    requirements: [
      {
        name: 'attestation',
        predicateType: flags.type ?? [],
        signers: [
          flags.keyDigest === undefined ? certificateSigner(flags) : keySigner(flags, flags.keyDigest),
        ],
        ...(flags.cue.length === 0 ? {} : { cue: cueOf(flags) }),
      },
    ],
  };
}

function cueOf({ cue, asCosign, type }: AttestationFlags): CueDocument {
  return { files: cue, ...(asCosign ? { cosign: type ?? DEFAULT_TYPE } : {}) };
}

function keySigner(flags: AttestationFlags, sha256: string): SignerDocument {
  const { identity, identityRegexp, issuer, issuerRegexp, workflow } = flags;
  if (
    [identity, identityRegexp, issuer, issuerRegexp, ...Object.values(workflow)].some(
      (value) => value !== undefined,
    )
  ) {
    refuse('FLAG_CONFLICT', '--key and --certificate-... exclude each other', {
      expected: 'a key, or an identity that a certificate vouches for',
      hint: 'a policy file can accept either: two signers',
    });
  }
  return { key: { sha256 }, transparencyLog: flags.ignoreLog ? 'optional' : 'required' };
}

function certificateSigner(flags: AttestationFlags): SignerDocument {
  if (flags.ignoreLog) {
    refuse('FLAG_CONFLICT', '--insecure-ignore-tlog needs --key', {
      expected: '--key FILE beside it',
      found: 'a certificate, whose time of use only a log or a timestamp authority proves',
      hint: 'a bundle with a signed timestamp needs no log entry: leave the flag out',
    });
  }
  return {
    identity: pattern('certificate-identity', flags.identity, flags.identityRegexp),
    issuer: pattern('certificate-oidc-issuer', flags.issuer, flags.issuerRegexp),
    extensions: extensions(flags.workflow),
  };
}

/** An expression must fit the whole value: cosign's need not, which `github.com` and `.` show. */
function pattern(flag: string, exact: string | undefined, regexp: string | undefined): PatternText {
  if (exact !== undefined && regexp !== undefined) {
    return refuse('FLAG_CONFLICT', `--${flag} and --${flag}-regexp exclude each other`, {
      expected: 'one of them',
    });
  }
  if (exact !== undefined) return literal(exact);
  if (regexp !== undefined) return { regexp };
  return refuse('FLAG_REQUIRED', `--${flag} is required`, {
    expected: `--${flag} or --${flag}-regexp; or --key; or --policy`,
    found: 'nothing that says who must have signed',
    hint: 'anyone can get a certificate of a public instance, so a signature alone proves nothing: edgeseal inspect FILE shows who signed',
  });
}

function extensions(workflow: AttestationFlags['workflow']): NonNullable<SignerDocument['extensions']> {
  const { trigger, sha, name, repository, ref } = workflow;
  return {
    ...(trigger === undefined ? {} : { buildTrigger: literal(trigger) }),
    ...(sha === undefined ? {} : { sourceRepositoryDigest: literal(sha) }),
    ...(name === undefined ? {} : { githubWorkflowName: literal(name) }),
    ...(repository === undefined ? {} : { sourceRepositoryUri: literal(`https://github.com/${repository}`) }),
    ...(ref === undefined ? {} : { sourceRepositoryRef: literal(ref) }),
  };
}
