import { refuse } from '#core/errors/error';
import { NPM_RUNNER } from '#core/slsa/builder-id';
import { defineCommand } from '#core/cli/command';
import { quote } from '#core/cli/flags';
import { loadRegistryKeys } from '../inputs/registry-keys.ts';
import { slsaFlags } from '../inputs/slsa-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { trustedBuilders } from '../policies/builders.ts';
import { policyFromFlags } from '../policies/from-flags.ts';
import { SOURCE_FLAGS, sourceDocument, workflowInputs } from '../policies/source.ts';
import { quietUnlessText, formatOf } from '../report/write-verdicts.ts';
import { slsaVerification } from '../slsa-verification.ts';

const PUBLISH = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
const NO_REF = 'npm packages are verified by name and version: --package-name, --package-version';

export const command = defineCommand({
  name: 'verify-npm-package',
  usage: '--source-uri HOST/OWNER/REPO --builder-id ID --attestations-path FILE [flags] TARBALL',
  about: [
    "Verifies an npm tarball: its SLSA provenance (who built it from which source) and the registry's publish attestation (that the registry took in this very tarball under this name and version). Both must be there. TARBALL is a file, - for standard input, or its digest as sha512:HEX.",
    "The attestations are the registry's answer to GET /-/npm/v1/attestations/NAME@VERSION. The flags are slsa-verifier's, with slsa-verifier's meaning; --package-name and --package-version should always be given, else any package of the repository fits.",
  ],
  operands: { name: 'TARBALL', min: 1, max: 1 },
  flags: {
    'source-uri': slsaFlags['source-uri'],
    'builder-id': {
      kind: 'text',
      value: 'ID',
      required: true,
      about: `the builder that is trusted: ${NPM_RUNNER}/github-hosted for npm's own, or a builder of slsa-github-generator`,
    },
    'build-workflow-input': slsaFlags['build-workflow-input'],
    'attestations-path': {
      kind: 'text',
      value: 'FILE',
      required: true,
      about: "the registry's attestations",
    },
    'package-name': { kind: 'text', value: 'NAME', about: 'the name of the package, as @scope/name' },
    'package-version': { kind: 'text', value: 'VERSION', about: 'the version of the package' },
    'registry-keys': {
      kind: 'text',
      value: 'FILE',
      about: "the registry's keys, as Sigstore's TUF repository has them; without it as for the trusted root",
    },
    ...trustFlags,
    ...outputFlag,
  },
  unsupported: {
    'source-branch': NO_REF,
    'source-tag': NO_REF,
    'source-versioned-tag': NO_REF,
    'print-provenance': 'edgeseal inspect FILE prints it',
    'provenance-path': 'attestations of npm packages are given by --attestations-path',
    'provenance-repository': 'attestations of npm packages are given by --attestations-path',
  },
  examples: [
    {
      about: 'Published from a GitHub workflow by npm itself',
      command:
        'edgeseal verify-npm-package --source-uri github.com/sigstore/sigstore-js --builder-id https://github.com/actions/runner/github-hosted --package-name sigstore --package-version 2.3.1 --attestations-path attestations.json sigstore-2.3.1.tgz',
    },
  ],
  run: async (flags, operands, outer) => {
    const io = quietUnlessText(outer, formatOf(flags.text('output')));
    const id = flags.text('builder-id') ?? '';
    checkRunner(id);
    const inputs = workflowInputs(flags.texts('build-workflow-input'));
    const name = flags.text('package-name');
    const version = flags.text('package-version');
    const packageRule = {
      package: { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) },
    };
    const keys = await loadRegistryKeys(io, flags.text('registry-keys'), flags);
    const policy = await policyFromFlags(
      {
        name: 'verify-npm-package',
        requirements: [
          {
            name: 'provenance',
            provenance: {
              builders: trustedBuilders('npm-package', id),
              source: sourceDocument({ uri: flags.text('source-uri') ?? '' }),
              ...(inputs === undefined ? {} : { workflowInputs: inputs }),
            },
            ...packageRule,
          },
          {
            name: 'publish attestation',
            predicateType: PUBLISH,
            signers: keys.map(({ key }) => ({ key: { sha256: key.digest }, transparencyLog: 'required' })),
            ...packageRule,
          },
        ],
      },
      {
        ...SOURCE_FLAGS,
        'requirements.0.provenance.builders': '--builder-id',
        'requirements.0.package.name': '--package-name',
        'requirements.0.package.version': '--package-version',
        'requirements.1.package.name': '--package-name',
        'requirements.1.package.version': '--package-version',
      },
    );
    return slsaVerification(outer, {
      what: 'npm package',
      operands,
      policy,
      evidencePath: flags.text('attestations-path') ?? '',
      keys,
      trustFlags: flags,
      output: flags.text('output'),
      print: false,
    });
  },
});

/** As slsa-verifier: npm's own provenance is known for GitHub's runners only. */
function checkRunner(id: string): void {
  const isKnown = id === NPM_RUNNER || id === `${NPM_RUNNER}/github-hosted`;
  if (!id.startsWith(NPM_RUNNER) || isKnown) return;
  refuse('FLAG_UNSUPPORTED', '--builder-id names a runner that npm packages are not verified for', {
    expected: `${NPM_RUNNER}/github-hosted`,
    found: quote(id),
    hint: "what a self-hosted runner built is only its owner's word",
  });
}
