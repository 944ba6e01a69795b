import { readEvidencePack, writeEvidencePack, type PackedFile } from '#core/bundle/evidence-pack';
import { decodeUtf8 } from '#core/bytes/utf8';
import { sha256Hex } from '#core/bytes/digest';
import { parsePublicKey } from '#core/crypto/public-key';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { resolveTrust } from '#core/io/trust-source';
import { limits } from '#core/limits';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { defineCommand } from '#core/cli/command';
import { readArtifact } from '../inputs/artifact.ts';
import { nameOf } from '../inputs/evidence.ts';
import { wantedTypes } from '../inputs/images.ts';
import { packImages } from '../inputs/packed-images.ts';
import { registryFlags, unsupportedRegistryFlags } from '../inputs/registry-flags.ts';
import { trustFlags } from '../inputs/trust-flags.ts';
import { describeSource, pinnedDigest, rootChoice } from '../inputs/trust.ts';

export const command = defineCommand({
  name: 'evidence export',
  usage: '--out FILE [--bundle FILE ARTIFACT...] [--image IMAGE] [flags]',
  about: [
    'Puts all that a machine without a network needs to verify into one file: the digests of the artifacts, their attestations, the manifests of images with what is attached to them, the trusted root, keys and policies. There: edgeseal verify-attestation --evidence FILE.',
    'Nothing is verified by this, and the file is not signed: the other machine trusts the root and the policies in it as far as the way on which it came. Compare the digest that is printed.',
  ],
  operands: { name: 'ARTIFACT', min: 0, max: 1000 },
  flags: {
    bundle: { kind: 'texts', value: 'FILE', about: 'attestations of ARTIFACT' },
    image: {
      kind: 'texts',
      value: 'IMAGE',
      about:
        'an image: its manifests and the attestations that are attached to it, of the types that the policies ask for',
    },
    policy: { kind: 'texts', value: 'FILE', about: 'a JSON policy that must hold' },
    key: { kind: 'texts', value: 'FILE', about: 'a PEM public key that a policy names by its digest' },
    out: { kind: 'text', value: 'FILE', required: true, about: 'the pack; - for standard output' },
    ...registryFlags,
    ...trustFlags,
  },
  unsupported: unsupportedRegistryFlags,
  examples: [
    {
      about: 'For an edge node',
      command:
        'edgeseal evidence export --bundle app.sigstore.json --policy release.json --out app.pack.json app.tar.gz',
    },
    {
      about: 'An image with what is attached to it',
      command:
        'edgeseal evidence export --image kubeedge/cloudcore:v1.13.0 --policy policy.json --out cloudcore.pack.json',
    },
  ],
  run: async (flags, operands, io) => {
    checkWhat(operands.length, flags.texts('bundle').length, flags.texts('image').length);
    const evidence = filesOf(io, flags.texts('bundle'), limits.evidenceFile);
    const unreadable = evidence
      .flatMap(({ name, bytes }) => parseEvidence(bytes, name))
      .find((item) => item.kind === 'refused');
    if (unreadable !== undefined)
      refuse(unreadable.reason.code, unreadable.reason.message, unreadable.reason);
    const policies = filesOf(io, flags.texts('policy'), limits.configFile);
    const parsed: Policy[] = [];
    for (const { name, bytes } of policies) parsed.push(await parsePolicy(decodeUtf8(bytes, name), name));
    const keys = filesOf(io, flags.texts('key'), limits.configFile);
    for (const { name, bytes } of keys) parsePublicKey(bytes, name);
    const source = await resolveTrust(io, rootChoice(flags));
    const root = parseTrustedRoot(source.bytes, nameOf(source.name), pinnedDigest(flags));
    io.stderr(`Trusted root: ${describeSource(source, io.now())}\n`);
    const images = await packImages(io, {
      operands: flags.texts('image'),
      flags,
      wanted: parsed.length === 0 ? [] : wantedTypes(parsed),
    });
    const pack = writeEvidencePack({
      artifacts: operands
        .map((operand) => readArtifact(io, operand))
        .map(({ name, digests }) => ({ name, digests })),
      evidence,
      images,
      trustedRoot: { name: nameOf(source.name), bytes: source.bytes },
      keys,
      policies,
    });
    const out = flags.text('out') ?? '-';
    // What is written can be read: nobody finds out on the other machine.
    readEvidencePack(pack, nameOf(out));
    if (out === '-') io.stdout(Buffer.from(pack).toString('utf8'));
    else io.files.write(out, pack);
    io.stderr(`Evidence pack: sha256:${sha256Hex(pack)}, with the trusted root sha256:${root.digest}\n`);
    return 0;
  },
});

/** Attestations in files are about artifacts; images have theirs attached. @throws FLAG_REQUIRED */
function checkWhat(artifacts: number, bundles: number, images: number): void {
  if (bundles === 0 && (artifacts > 0 || images === 0)) {
    refuse('FLAG_REQUIRED', artifacts > 0 ? '--bundle is required' : 'there is nothing to pack', {
      expected: '--bundle FILE: attestations of ARTIFACT, or --image IMAGE',
      found: 'nothing',
    });
  }
  if (bundles > 0 && artifacts === 0) {
    refuse('FLAG_REQUIRED', 'evidence export needs ARTIFACT', {
      expected: 'edgeseal evidence export --bundle FILE --out FILE [flags] ARTIFACT...',
      found: 'nothing',
    });
  }
}

function filesOf(io: Io, paths: readonly string[], limit: number): readonly PackedFile[] {
  return paths.map((path) => ({ name: nameOf(path), bytes: io.files.read(path, limit) }));
}
