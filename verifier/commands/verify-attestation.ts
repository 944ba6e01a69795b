import { prepareDigests } from '#core/bytes/digest';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { inParallel } from '#core/oci/in-parallel';
import { defineCommand } from '#core/cli/command';
import { isArtifact } from '../inputs/artifact.ts';
import { openImages, type ReadSubjects } from '../inputs/images.ts';
import type { Subject } from '../judge.ts';
import { formatOf, quietUnlessText } from '../report/write-verdicts.ts';
import { claimsOfImage, flags as table, unsupported, type Given } from './verify-attestation.flags.ts';

export const command = defineCommand({
  name: 'verify-attestation',
  usage: '[flags] IMAGE|ARTIFACT...',
  about: [
    "Verifies that attestations were made by whom you name, and that they satisfy a policy. They are attached to IMAGE in its registry, or stand in files (--bundle, --evidence) and are about ARTIFACT: a file, - for standard input, or a digest as sha256:HEX. The flags are cosign's, with cosign's meaning; docs/compatibility.md lists the differences.",
    'What will be enforced is printed first, on standard error. Accepted attestations are printed on standard output, one DSSE envelope a line, as cosign prints them; nothing is printed for an artifact that is refused.',
  ],
  operands: { name: 'ARTIFACT', min: 0, max: 1000 },
  flags: table,
  unsupported,
  examples: [
    {
      about: 'An image, by a policy',
      command: 'edgeseal verify-attestation --policy policy.json kubeedge/cloudcore:v1.13.0',
    },
    {
      about: 'Provenance by a GitHub workflow',
      command:
        'edgeseal verify-attestation --bundle app.sigstore.json --type slsaprovenance1 --certificate-identity https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1 --certificate-oidc-issuer https://token.actions.githubusercontent.com app',
    },
    {
      about: 'By a policy file, without a network',
      command: 'edgeseal verify-attestation --offline --policy release.json --bundle app.sigstore.json app',
    },
    {
      about: 'By a key, known by digest only',
      command:
        'edgeseal verify-attestation --key cosign.pub --bundle app.sigstore.json --type cyclonedx sha256:0123...',
    },
    {
      about: 'All that was packed for an offline machine',
      command: 'edgeseal verify-attestation --evidence app.pack.json',
    },
  ],
  run: async (flags, operands, outer) => {
    const io = quietUnlessText(outer, formatOf(flags.text('output')));
    const isOfAttached = isOfImages(io, flags, operands);
    const isRemote = isOfAttached && flags.on('local-image') !== true;
    const turn = async (): Promise<void> => (isRemote ? (await io.network?.())?.turn() : undefined);
    const wanted = Promise.withResolvers<readonly string[]>();
    const listed = Promise.withResolvers<void>();
    const asked = async (): Promise<void> => {
      await turn();
      listed.resolve();
    };
    const task = { operands, flags, wanted: wanted.promise, asked };
    const readings = isOfAttached ? startReading(await openImages(io, task)) : undefined;
    if (readings !== undefined) {
      // A registry looks for the image meanwhile, then for what is attached to it: all else has time until then.
      await turn();
      prepareDigests();
      await Promise.race([listed.promise, Promise.allSettled(readings)]);
    }
    const { attestationVerification } = await import('../attestation-verification.ts');
    return attestationVerification(outer, { flags, operands, readings, want: wanted.resolve, turn });
  },
});

/** Without attestations in files the operands are images, which have theirs attached. */
function isOfImages(io: Io, flags: Given, operands: readonly string[]): boolean {
  if (flags.texts('bundle').length === 0 && !flags.given('evidence')) {
    const isLocal = flags.on('local-image') === true;
    const other = operands.find((operand) => !isLocal && isArtifact(io, operand));
    if (operands.length === 0 || other !== undefined) {
      refuse('FLAG_REQUIRED', 'there is no attestation to verify', {
        expected: 'IMAGE, or --bundle FILE or --evidence FILE',
        found: other === undefined ? 'neither' : `${JSON.stringify(other.slice(0, 200))}, which is no image`,
        hint: 'publishers put them beside the artifact, as ARTIFACT.sigstore.json or ARTIFACT.intoto.jsonl',
      });
    }
    if (flags.on('check-claims') !== false) return true;
    return claimsOfImage('--bundle FILE');
  }
  for (const name of ['local-image', 'platform'] as const) {
    if (flags.given(name)) {
      refuse('FLAG_CONFLICT', `--${name} and attestations in files exclude each other`, {
        expected: 'an image with what is attached to it, or --bundle FILE and the digest of the image',
      });
    }
  }
  return false;
}

/** Images are read at once, some at a time; a fault waits for its turn. */
function startReading(images: readonly ReadSubjects[]): readonly Promise<readonly Subject[]>[] {
  const slots = images.map(() => Promise.withResolvers<readonly Subject[]>());
  for (const { promise } of slots) promise.catch(() => undefined);
  void inParallel(images, async (read, index) => {
    try {
      slots[index]?.resolve(await read());
    } catch (error) {
      slots[index]?.reject(error);
    }
  });
  return slots.map(({ promise }) => promise);
}
