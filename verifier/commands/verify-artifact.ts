import { defineCommand } from '#core/cli/command';
import { logSearchFlags } from '../inputs/log-search-flags.ts';
import { openLog } from '../inputs/log-search.ts';
import { slsaFlags, refFlags } from '../inputs/slsa-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { provenancePolicy } from '../policies/provenance.ts';
import { slsaVerification } from '../slsa-verification.ts';

export const command = defineCommand({
  name: 'verify-artifact',
  usage: '--source-uri HOST/OWNER/REPO --provenance-path FILE [flags] ARTIFACT...',
  about: [
    'Verifies that files were built from the source that you name, by a builder that you trust: by their SLSA provenance (v0.2 or v1), which is one file for all of them. ARTIFACT is a file, - for standard input, or a digest as sha256:HEX.',
    "The flags are slsa-verifier's, with slsa-verifier's meaning; docs/compatibility.md lists the differences. Without --builder-id its well-known builders are trusted: slsa-github-generator's generic generator, Go builder and container-based builder, and those that its delegators sign for.",
    'Provenance that contradicts the certificate that signed it is refused, whatever the flags ask for.',
  ],
  operands: { name: 'ARTIFACT', min: 1, max: 1000 },
  flags: {
    ...slsaFlags,
    'trusted-builder': {
      kind: 'texts',
      value: 'ID',
      about: 'a builder that is trusted too, with or without @v1.2.3',
    },
    ...refFlags,
    'provenance-path': { kind: 'text', value: 'FILE', required: true, about: 'the provenance' },
    'print-provenance': {
      kind: 'switch',
      about: 'print the verified statement on standard output, once for each artifact',
    },
    ...logSearchFlags,
    ...trustFlags,
    ...outputFlag,
  },
  unsupported: {
    'provenance-repository': 'it is for images: give the provenance as a file by --provenance-path',
  },
  examples: [
    {
      about: 'A release of KubeEdge',
      command:
        'edgeseal verify-artifact --source-uri github.com/kubeedge/kubeedge --source-tag v1.20.0 --provenance-path multiple.intoto.jsonl kubeedge-v1.20.0-linux-amd64.tar.gz',
    },
    {
      about: 'Any version 1, without a network',
      command:
        'edgeseal verify-artifact --offline --source-uri github.com/o/r --source-versioned-tag v1 --provenance-path app.intoto.jsonl app',
    },
  ],
  run: async (flags, operands, io) => {
    const policy = await provenancePolicy('verify-artifact', 'artifact', flags);
    return slsaVerification(io, {
      what: 'artifact',
      operands,
      policy,
      evidencePath: flags.text('provenance-path') ?? '',
      trustFlags: flags,
      log: (quiet) => openLog(quiet, flags),
      output: flags.text('output'),
      print: flags.on('print-provenance') === true,
    });
  },
});
