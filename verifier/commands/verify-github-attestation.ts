import { refuse } from '#core/errors/error';
import { defineCommand } from '#core/cli/command';
import { slsaFlags } from '../inputs/slsa-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { policyFromFlags } from '../policies/from-flags.ts';
import { literal } from '../policies/literal.ts';
import { SOURCE_FLAGS, sourceDocument } from '../policies/source.ts';
import { slsaVerification } from '../slsa-verification.ts';

export const command = defineCommand({
  name: 'verify-github-attestation',
  usage: '--source-uri HOST/OWNER/REPO --builder-id ID --attestation-path FILE [flags] ARTIFACT',
  about: [
    'Verifies a GitHub artifact attestation (actions/attest-build-provenance): that the workflow --builder-id built ARTIFACT from --source-uri. ARTIFACT is a file, - for standard input, or a digest as sha256:HEX.',
    "The flags are slsa-verifier's. Unlike slsa-verifier any reusable workflow can be named. It must have been called at a release tag (vX.Y.Z), unless the id names another ref.",
  ],
  operands: { name: 'ARTIFACT', min: 1, max: 1 },
  flags: {
    'source-uri': slsaFlags['source-uri'],
    'builder-id': {
      kind: 'text',
      value: 'ID',
      required: true,
      about:
        'the workflow that must have built and signed, as https://github.com/o/r/.github/workflows/build.yml',
    },
    'attestation-path': {
      kind: 'text',
      value: 'FILE',
      required: true,
      about: 'the attestation: a Sigstore bundle',
    },
    'print-attestation': { kind: 'switch', about: 'print the verified statement on standard output' },
    ...trustFlags,
    ...outputFlag,
  },
  examples: [
    {
      about: 'Built by a reusable workflow',
      command:
        'edgeseal verify-github-attestation --source-uri github.com/o/r --builder-id https://github.com/o/.github/.github/workflows/release.yaml --attestation-path app.jsonl app',
    },
  ],
  run: async (flags, operands, io) => {
    const id = flags.text('builder-id') ?? '';
    const ref = id.split('@')[1];
    const anyRef = ref !== undefined && ref.startsWith('refs/') && !ref.startsWith('refs/tags/');
    const policy = await policyFromFlags(
      {
        name: 'verify-github-attestation',
        requirements: [
          {
            name: 'attestation',
            predicateType: 'slsaprovenance1',
            provenance: {
              builders: [{ id, level: 3, ...(anyRef ? { anyRef } : {}) }],
              buildType: literal('https://actions.github.io/buildtypes/workflow/v1'),
              source: sourceDocument({ uri: flags.text('source-uri') ?? '' }),
            },
          },
        ],
      },
      { ...SOURCE_FLAGS, 'requirements.0.provenance.builders': '--builder-id' },
    );
    return slsaVerification(io, {
      what: 'artifact',
      operands,
      policy,
      evidencePath: flags.text('attestation-path') ?? '',
      trustFlags: flags,
      output: flags.text('output'),
      print: flags.on('print-attestation') === true,
      select: (evidence) => {
        if (evidence.some((item) => item.kind === 'refused' || item.evidence.format === 'bundle'))
          return evidence;
        return refuse('EVIDENCE_UNRECOGNISED', 'a GitHub attestation is a Sigstore bundle', {
          expected: 'a Sigstore bundle',
          found: 'a DSSE envelope',
          hint: 'edgeseal verify-artifact verifies the provenance of slsa-github-generator',
        });
      },
    });
  },
});
