import { refuse } from '#core/errors/error';
import type { TrustedKey } from '#core/trust/trust';
import type { Artifact } from '#core/verify/artifact';
import { defineCommand } from '#core/cli/command';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { readKey } from '../inputs/trust.ts';
import { policyFromFlags } from '../policies/from-flags.ts';
import { literal } from '../policies/literal.ts';
import { slsaVerification } from '../slsa-verification.ts';

export const command = defineCommand({
  name: 'verify-vsa',
  usage:
    '--subject-digest TYPE:VALUE --attestation-path FILE --verifier-id ID --resource-uri URI --public-key-path FILE [flags]',
  about: [
    'Verifies a SLSA Verification Summary Attestation: that the verifier you name, by its key, found the subjects to have PASSED, for the resource that you name, at the levels that you ask for.',
    "The flags are slsa-verifier's, with slsa-verifier's meaning: SLSA_<TRACK>_LEVEL_<n> is met by the same or a higher level of that track, any other level by the same text.",
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    'subject-digest': {
      kind: 'texts',
      value: 'TYPE:VALUE',
      required: true,
      about:
        'a digest that must be among the subjects, as sha256:HEX or gce_image_id:ID; all that are given must',
    },
    'attestation-path': {
      kind: 'text',
      value: 'FILE',
      required: true,
      about: 'the attestation: a DSSE envelope or a Sigstore bundle',
    },
    'verifier-id': { kind: 'text', value: 'ID', required: true, about: 'who must have verified' },
    'resource-uri': { kind: 'text', value: 'URI', required: true, about: 'what must have been verified' },
    'verified-level': { kind: 'texts', value: 'LEVEL', about: 'a level that must have been verified' },
    'public-key-path': {
      kind: 'text',
      value: 'FILE',
      required: true,
      about: "the verifier's public key, PEM",
    },
    'public-key-id': {
      kind: 'text',
      value: 'ID',
      about: "the key's id, which the signature must then name",
    },
    'print-attestation': { kind: 'switch', about: 'print the verified statement on standard output' },
    ...trustFlags,
    ...outputFlag,
  },
  examples: [
    {
      about: 'A summary by one key',
      command:
        'edgeseal verify-vsa --subject-digest sha256:0123... --attestation-path vsa.json --verifier-id https://example.com/verifier --resource-uri pkg:oci/app --verified-level SLSA_BUILD_LEVEL_3 --public-key-path key.pem',
    },
  ],
  run: async (flags, _operands, io) => {
    const key = readKey(io, flags.text('public-key-path') ?? '', 'optional');
    const keyId = flags.text('public-key-id');
    const policy = await policyFromFlags(
      {
        name: 'verify-vsa',
        requirements: [
          {
            name: 'verification summary',
            signers: [{ key: { sha256: key.key.digest }, transparencyLog: 'optional' }],
            vsa: {
              verifierId: literal(flags.text('verifier-id') ?? ''),
              resourceUri: literal(flags.text('resource-uri') ?? ''),
              verifiedLevels: flags.texts('verified-level'),
            },
          },
        ],
      },
      {
        'requirements.0.signers': '--public-key-path',
        'requirements.0.vsa.verifierId': '--verifier-id',
        'requirements.0.vsa.resourceUri': '--resource-uri',
        'requirements.0.vsa.verifiedLevels': '--verified-level',
      },
    );
    return slsaVerification(io, {
      what: 'VSA',
      operands: flags.texts('subject-digest'),
      artifactOf: subjectOf,
      policy,
      evidencePath: flags.text('attestation-path') ?? '',
      keys: [named(key, keyId)],
      trustFlags: flags,
      output: flags.text('output'),
      print: flags.on('print-attestation') === true,
    });
  },
});

/**
 * As slsa-verifier: a key that is given with its id does not verify signatures that name another; one that
 * names none it does.
 */
function named(key: TrustedKey, id: string | undefined): TrustedKey {
  return id === undefined ? key : { ...key, hints: [id, ''] };
}

/** Whatever the summary is about: the verifier chose the type of the digest. @throws FLAG_VALUE_INVALID */
function subjectOf(operand: string): Artifact {
  const [, type, value] = /^(\w+):([\w.+/=-]{1,512})$/.exec(operand) ?? [];
  if (type === undefined || value === undefined) {
    return refuse('FLAG_VALUE_INVALID', '--subject-digest is not a digest', {
      expected: 'TYPE:VALUE, as sha256:0123...',
      found: JSON.stringify(operand.slice(0, 200)),
    });
  }
  return { name: operand, kind: 'digest', digests: { [type]: value } };
}
