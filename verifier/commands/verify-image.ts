import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { formatReference, parseReference } from '#core/oci/reference';
import type { Artifact } from '#core/verify/artifact';
import { defineCommand } from '../cli/command.ts';
import { openImages } from '../inputs/images.ts';
import { registryFlags, unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { refFlags, slsaFlags } from '../inputs/slsa-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { provenancePolicy } from '../policies/provenance.ts';
import { slsaVerification } from '../slsa-verification.ts';

export const command = defineCommand({
  name: 'verify-image',
  usage: '--source-uri HOST/OWNER/REPO [flags] IMAGE@sha256:HEX...',
  about: [
    'Verifies that container images were built from the source that you name, by a builder that you trust: by the SLSA provenance that is attached to them in their registry, as referrers or as cosign attaches it. IMAGE is named by its digest, for a tag may be another image tomorrow.',
    "The flags are slsa-verifier's, with slsa-verifier's meaning; docs/compatibility.md lists the differences. Without --builder-id its well-known builder of images is trusted: slsa-github-generator's container generator.",
    'Provenance that contradicts the certificate that signed it is refused, whatever the flags ask for.',
  ],
  operands: { name: 'IMAGE', min: 1, max: 1000 },
  flags: {
    ...slsaFlags,
    'trusted-builder': {
      kind: 'texts',
      value: 'ID',
      about: 'a builder that is trusted too, with or without @v1.2.3',
    },
    ...refFlags,
    'provenance-path': {
      kind: 'text',
      value: 'FILE',
      about: 'the provenance, instead of what is attached: then no registry is asked',
    },
    'provenance-repository': {
      kind: 'text',
      value: 'REPOSITORY',
      about: "the repository that the provenance is attached in, where it is not the image's own",
    },
    'print-provenance': {
      kind: 'switch',
      about: 'print the verified statement on standard output, once for each image',
    },
    ...registryFlags,
    ...trustFlags,
    ...outputFlag,
  },
  unsupported: unsupportedRegistryFlags,
  examples: [
    {
      about: 'An image of KubeEdge',
      command:
        'edgeseal verify-image --source-uri github.com/kubeedge/kubeedge --source-tag v1.20.0 kubeedge/cloudcore@sha256:0123...',
    },
    {
      about: 'As cosign save wrote it, without a network',
      command:
        'edgeseal verify-image --offline --local-image --source-uri github.com/o/r folder@sha256:0123...',
    },
  ],
  run: async (flags, operands, io) => {
    const policy = await provenancePolicy('verify-image', 'image', flags);
    const isLocal = flags.on('local-image') === true;
    const path = flags.text('provenance-path');
    if (path !== undefined && (isLocal || flags.given('provenance-repository') || flags.given('platform'))) {
      refuse('FLAG_CONFLICT', '--provenance-path and flags about where images are exclude each other', {
        expected: 'the image by its digest, and its provenance as a file',
      });
    }
    if (!isLocal) for (const operand of operands) immutable(operand);
    const common = {
      what: 'image',
      operands,
      policy,
      trustFlags: flags,
      output: flags.text('output'),
      print: flags.on('print-provenance') === true,
    };
    if (path !== undefined)
      return slsaVerification(io, { ...common, evidencePath: path, artifactOf: immutable });
    const images = async (quiet: Io): ReturnType<typeof openImages> =>
      openImages(quiet, {
        operands,
        flags,
        wanted: [],
        repository: flags.text('provenance-repository'),
      });
    return slsaVerification(io, { ...common, images });
  },
});

/** The image by its digest. @throws IMAGE_MUTABLE, IMAGE_REFERENCE_INVALID */
function immutable(operand: string): Artifact {
  const reference = parseReference(operand);
  if (reference.digest === undefined) {
    return refuse('IMAGE_MUTABLE', 'the image is mutable: a tag may be another image tomorrow', {
      expected: 'NAME@sha256:HEX',
      found: JSON.stringify(operand.slice(0, 200)),
      hint: 'edgeseal verify-attestation looks tags up, and reports the digest that it verified',
    });
  }
  const { algorithm, hex } = reference.digest;
  return { name: formatReference(reference), kind: 'image', digests: { [algorithm]: hex } };
}
