import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { formatReference, parseReference } from '#core/oci/reference';
import type { Artifact } from '#core/verify/artifact';
import { defineCommand } from '#core/cli/command';
import { openImages } from '../inputs/images.ts';
import { logSearchFlags } from '../inputs/log-search-flags.ts';
import { openLog } from '../inputs/log-search.ts';
import { readPack, type LoadedPack } from '../inputs/pack.ts';
import { imageNamed } from '../inputs/packed-images.ts';
import { registryFlags, unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { refFlags, slsaFlags } from '../inputs/slsa-flags.ts';
import { outputFlag, trustFlags } from '../inputs/trust-flags.ts';
import { provenancePolicy } from '../policies/provenance.ts';
import { slsaVerification, type NamedImage } from '../slsa-verification.ts';

export const command = defineCommand({
  name: 'verify-image',
  usage: '--source-uri HOST/OWNER/REPO [flags] IMAGE@sha256:HEX...',
  about: [
    'Verifies that container images were built from the source that you name, by a builder that you trust: by the SLSA provenance that is attached to them in their registry, as referrers or as cosign attaches it. IMAGE is named by its digest, for a tag may be another image tomorrow.',
    "The flags are slsa-verifier's, with slsa-verifier's meaning; docs/compatibility.md lists the differences. Without --builder-id its well-known builder of images is trusted: slsa-github-generator's container generator.",
    'Provenance that contradicts the certificate that signed it is refused, whatever the flags ask for.',
  ],
  operands: { name: 'IMAGE', min: 0, max: 1000 },
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
    evidence: {
      kind: 'text',
      value: 'FILE',
      about:
        'an evidence pack of "evidence export", instead of a registry: its images, trusted root, keys and policies; without IMAGE all its images are verified',
    },
    'print-provenance': {
      kind: 'switch',
      about: 'print the verified statement on standard output, once for each image',
    },
    ...registryFlags,
    ...logSearchFlags,
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
    const packPath = flags.text('evidence');
    checkPlace([path, packPath], isLocal || flags.given('provenance-repository') || flags.given('platform'));
    if (packPath === undefined && operands.length === 0) {
      refuse('FLAG_REQUIRED', 'verify-image needs IMAGE', {
        expected: 'edgeseal verify-image --source-uri HOST/OWNER/REPO [flags] IMAGE@sha256:HEX...',
        found: 'nothing',
      });
    }
    if (!isLocal && packPath === undefined) for (const operand of operands) immutable(operand);
    const common = {
      what: 'image',
      operands,
      policy,
      trustFlags: flags,
      log: (quiet: Io) => openLog(quiet, flags),
      output: flags.text('output'),
      print: flags.on('print-provenance') === true,
    };
    if (path !== undefined)
      return slsaVerification(io, { ...common, evidencePath: path, artifactOf: immutable });
    if (packPath !== undefined) {
      const pack = async (quiet: Io): Promise<LoadedPack> => readPack(quiet, packPath, flags);
      const images = async (_: Io, loaded: LoadedPack | undefined): Promise<readonly NamedImage[]> =>
        packedImages(loaded, operands);
      return slsaVerification(io, { ...common, pack, images });
    }
    const images = async (quiet: Io): Promise<readonly NamedImage[]> => {
      const repository = flags.text('provenance-repository');
      const opened = await openImages(quiet, { operands, flags, wanted: [], repository });
      return opened.map((read, index) => ({ name: operands[index] ?? '', read }));
    };
    return slsaVerification(io, { ...common, images });
  },
});

/** One place where provenance is. @throws FLAG_CONFLICT */
function checkPlace(files: readonly (string | undefined)[], isElsewhere: boolean): void {
  const given = files.filter((path) => path !== undefined).length;
  if (given === 0 || (given === 1 && !isElsewhere)) return;
  refuse(
    'FLAG_CONFLICT',
    '--provenance-path, --evidence and flags about where images are exclude each other',
    { expected: 'the image by its digest and its provenance as a file, an evidence pack, or a registry' },
  );
}

/**
 * The images of the pack that operands name, or all. What the pack has no image for is known by its digest, and
 * judged by the attestations that stand in the pack by themselves.
 * @throws IMAGE_MUTABLE, IMAGE_REFERENCE_INVALID, EVIDENCE_EMPTY
 */
function packedImages(pack: LoadedPack | undefined, operands: readonly string[]): readonly NamedImage[] {
  const { images, evidence } = pack ?? { images: [], evidence: [] };
  if (operands.length === 0 && images.length === 0) {
    refuse('EVIDENCE_EMPTY', 'the evidence pack holds no image', {
      expected: 'a pack of evidence export --image IMAGE, or IMAGE@sha256:HEX beside --evidence',
      found: 'none',
    });
  }
  const named = operands.map((operand) => {
    const image = imageNamed(images, operand);
    if (image !== undefined) return { ...image, name: operand };
    const artifact = immutable(operand);
    return { name: operand, read: async () => [{ artifact, evidence }] };
  });
  return (operands.length === 0 ? images : named).map(({ name, read }) => ({ name, read: () => read([]) }));
}

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
