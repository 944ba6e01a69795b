import { refuse } from '#core/errors/error';
import type { Flags, FlagTable, UnsupportedFlags } from '#core/cli/flags';
import { logSearchFlags } from '../inputs/log-search-flags.ts';
import { registryFlags, unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { secondOpinionFlags } from '../inputs/second-opinion-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';

/** cosign's flags of verify-attestation and verify-blob-attestation, and ours. */
export const flags = {
  bundle: {
    kind: 'texts',
    value: 'FILE',
    about: 'attestations: a Sigstore bundle, a DSSE envelope, or JSON lines of both',
  },
  evidence: {
    kind: 'text',
    value: 'FILE',
    about:
      'an evidence pack of "evidence export": its attestations, trusted root, keys and policies; without ARTIFACT its artifacts are verified by their digests',
  },
  type: {
    kind: 'text',
    value: 'TYPE',
    about:
      'predicate type: a URI, or custom, slsaprovenance, slsaprovenance02, slsaprovenance1, spdx, spdxjson, cyclonedx, link, vuln, openvex; without it custom, or what the policy says',
  },
  policy: {
    kind: 'texts',
    value: 'FILE',
    about:
      'a policy that must hold too: JSON, which may name the signers by itself, or CUE (*.cue), which the whole statement must satisfy, and whose constrained fields it must have; several CUE files are one policy',
  },
  'cue-compat': {
    kind: 'text',
    value: 'cosign',
    oneOf: ['cosign'],
    about:
      'cosign: judge CUE files as cosign does, on the document that it makes of the statement; a field that is absent passes then, and the report says what would be refused otherwise',
  },
  'certificate-identity': {
    kind: 'text',
    value: 'IDENTITY',
    about: "the certificate's subject alternative name, exactly",
  },
  'certificate-identity-regexp': {
    kind: 'text',
    value: 'RE2',
    about: 'the same as an expression, which must fit the whole identity',
  },
  'certificate-oidc-issuer': {
    kind: 'text',
    value: 'URL',
    about: 'the issuer that vouched for the identity, as https://token.actions.githubusercontent.com',
  },
  'certificate-oidc-issuer-regexp': {
    kind: 'text',
    value: 'RE2',
    about: 'the same as an expression, which must fit the whole issuer',
  },
  'certificate-github-workflow-trigger': {
    kind: 'text',
    value: 'EVENT',
    about: 'the event that started the workflow, as push',
  },
  'certificate-github-workflow-sha': {
    kind: 'text',
    value: 'COMMIT',
    about: 'the commit that the workflow ran on',
  },
  'certificate-github-workflow-name': { kind: 'text', value: 'NAME', about: "the workflow's name" },
  'certificate-github-workflow-repository': {
    kind: 'text',
    value: 'OWNER/REPO',
    about: 'the repository that the workflow ran in',
  },
  'certificate-github-workflow-ref': {
    kind: 'text',
    value: 'REF',
    about: 'the git ref that the workflow ran on, as refs/tags/v1.0.0',
  },
  key: {
    kind: 'text',
    value: 'FILE',
    about: 'the PEM public key that must have signed, instead of an identity',
  },
  ...registryFlags,
  ...logSearchFlags,
  ...secondOpinionFlags,
  ...trustFlags,
  'insecure-ignore-tlog': {
    kind: 'switch',
    about: 'with --key: accept evidence without a transparency log entry; one that is there must be right',
  },
  'check-claims': {
    kind: 'switch',
    about:
      'whether the attestation must be about ARTIFACT (default true); with =false only who signed it is checked',
  },
  ...outputFlag,
} as const satisfies FlagTable;

/** The flags of one call. */
export type Given = Flags<typeof flags>;

const ROOT =
  'put certificate authorities, logs and timestamp authorities into a trusted root: --trusted-root FILE';
const KEYS = 'give the public key as a PEM file: --key FILE';

/** cosign's flags that have no place here, each with what to do instead. */
export const unsupported: UnsupportedFlags = {
  ...unsupportedRegistryFlags,
  sk: KEYS,
  slot: KEYS,
  certificate: 'certificates are read from the bundle or the envelope',
  'certificate-chain': ROOT,
  'ca-roots': ROOT,
  'ca-intermediates': ROOT,
  'timestamp-certificate-chain': ROOT,
  sct: 'signed certificate timestamps are read from the certificate',
  'insecure-ignore-sct': 'certificates without a signed certificate timestamp are never accepted',
  'use-signed-timestamps': 'leave it out: signed timestamps are always checked and counted',
  'allow-certificate-chain':
    'leave it out: a chain may stand in any bundle, and is checked against the trusted root',
  'new-bundle-format': 'leave it out: the format is recognised by its content',
  digest: 'give the digest as the argument: sha256:HEX',
  digestAlg: 'give the digest as the argument: sha256:HEX',
  'output-file': 'redirect standard error instead',
  verbose: 'leave it out: the report says everything; edgeseal inspect FILE says more about an attestation',
};

/** @throws FLAG_CONFLICT */
export function claimsOfImage(expected: string): never {
  return refuse('FLAG_CONFLICT', '--check-claims=false and an image exclude each other', {
    expected,
    hint: 'attestations of an image are found by its digest: they are always compared with it',
  });
}
