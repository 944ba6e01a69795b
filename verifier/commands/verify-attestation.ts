import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { inParallel } from '#core/oci/in-parallel';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { TrustedKey } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { defineCommand } from '../cli/command.ts';
import type { Flags } from '../cli/flags.ts';
import { isArtifact, readArtifact } from '../inputs/artifact.ts';
import { claimedArtifact } from '../inputs/claimed-artifact.ts';
import { readEvidence } from '../inputs/evidence.ts';
import { openImages, wantedTypes, type ReadSubjects } from '../inputs/images.ts';
import { openLog, subjectsWithLogEntries, withLogEntries } from '../inputs/log-search.ts';
import { readPack, type LoadedPack } from '../inputs/pack.ts';
import { imageNamed, type LoadedImage } from '../inputs/packed-images.ts';
import { readPolicies } from '../inputs/policies.ts';
import { loadTrustedRootBytes, readKey, trustFor } from '../inputs/trust.ts';
import {
  acceptedEvidence,
  accepts,
  exitCode,
  judgeFirst,
  judgeImage,
  type Answer,
  type Subject,
} from '../judge.ts';
import { attestationDocument, attestationFlagMap, type AttestationFlags } from '../policies/attestation.ts';
import { policyFromFlags } from '../policies/from-flags.ts';
import { criteria } from '../report/criteria.ts';
import { envelopeLine } from '../report/envelope-line.ts';
import { formatOf, quietUnlessText, writeVerdicts } from '../report/write-verdicts.ts';
import { openSecondOpinion } from '../second-opinion.ts';
import { flags as table, unsupported } from './verify-attestation.flags.ts';

type Given = Flags<typeof table>;

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
    const format = formatOf(flags.text('output'));
    const io = quietUnlessText(outer, format);
    const packPath = flags.text('evidence');
    const pack = packPath === undefined ? undefined : await readPack(io, packPath, flags);
    const wanted = Promise.withResolvers<readonly string[]>();
    const readings = isOfImages(io, flags, operands, pack)
      ? startReading(await openImages(io, { operands, flags, wanted: wanted.promise }))
      : undefined;
    // A registry may look for the images while keys and policies are read.
    if (readings !== undefined && flags.on('local-image') !== true) await (await io.network?.())?.sent();
    const key = keyOf(io, flags);
    const policies = await policiesOf(io, flags, pack, key);
    wanted.resolve(wantedTypes(policies));
    for (const policy of policies) io.stderr(criteria(policy));
    const log = await openLog(io, flags);
    const other = await openSecondOpinion(io, flags, key);
    const keys = [...(key === undefined ? [] : [key]), ...(pack?.keys ?? [])];
    let loaded: ReturnType<typeof loadTrustedRootBytes> | undefined;
    const loadRoot = (): NonNullable<typeof loaded> => (loaded ??= loadTrustedRootBytes(io, flags));
    const trust = await trustFor(policies, keys, async () =>
      pack?.root === undefined || flags.given('trusted-root') ? (await loadRoot()).root : pack.root,
    );
    const question = { policies, trust };
    const searched = async (reading: Promise<readonly Subject[]>): Promise<readonly Subject[]> =>
      subjectsWithLogEntries(log, await reading, trust);
    const verdicts: Verdict[] = [];
    const add = (answer: Answer): void => {
      verdicts.push(...answer.verdicts);
      if (format === 'text' && answer.verdicts.every(accepts)) printEnvelopes(io, answer);
    };
    if (readings === undefined) {
      const given = [...readEvidence(io, flags.texts('bundle')), ...(pack?.evidence ?? [])];
      const evidence = await withLogEntries(log, given, trust);
      for (const target of targetsOf(io, flags, operands, pack, evidence)) {
        if ('read' in target) {
          add(await judgeImage(io, target.name, searched(target.read(wantedTypes(policies))), question));
          continue;
        }
        const answer = await judgeFirst(io, [{ artifact: target, evidence }], question);
        add(
          other === undefined ? answer : await other.aboutArtifact(target, answer, (await loadRoot()).bytes),
        );
      }
    } else {
      for (const [index, reading] of readings.entries()) {
        const operand = operands[index] ?? '';
        const answer = await judgeImage(io, operand, searched(reading), question);
        add(other === undefined ? answer : await other.aboutImage(operand, answer, (await loadRoot()).bytes));
      }
    }
    await writeVerdicts(outer, format, verdicts);
    return exitCode(verdicts);
  },
});

function keyOf(io: Io, flags: Given): TrustedKey | undefined {
  const path = flags.text('key');
  if (path === undefined) return undefined;
  if (/^[a-z0-9]+:\/\//.test(path)) {
    refuse('FLAG_VALUE_INVALID', '--key is a reference to a service', {
      expected: 'a PEM public key file',
      found: JSON.stringify(path.slice(0, 200)),
      hint: 'let the service give out the public key, and name that file',
    });
  }
  if (flags.on('insecure-ignore-tlog') === true) {
    io.stderr(
      'Warning: --insecure-ignore-tlog: nothing proves when it was signed, or that others see the same\n',
    );
  }
  return readKey(io, path, flags.on('insecure-ignore-tlog') === true ? 'optional' : 'required');
}

/** Without attestations in files the operands are images, which have theirs attached. */
function isOfImages(
  io: Io,
  flags: Given,
  operands: readonly string[],
  pack: LoadedPack | undefined,
): boolean {
  if (flags.texts('bundle').length === 0 && pack === undefined) {
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

/** The policies of files and pack, and the one that the flags state. */
async function policiesOf(
  io: Io,
  flags: Given,
  pack: LoadedPack | undefined,
  key: TrustedKey | undefined,
): Promise<readonly Policy[]> {
  const files = [...(await readPolicies(io, flags.texts('policy'))), ...(pack?.policies ?? [])];
  const identity = flags.text('certificate-identity');
  const identityRegexp = flags.text('certificate-identity-regexp');
  const issuer = flags.text('certificate-oidc-issuer');
  const issuerRegexp = flags.text('certificate-oidc-issuer-regexp');
  const workflow = {
    trigger: flags.text('certificate-github-workflow-trigger'),
    sha: flags.text('certificate-github-workflow-sha'),
    name: flags.text('certificate-github-workflow-name'),
    repository: flags.text('certificate-github-workflow-repository'),
    ref: flags.text('certificate-github-workflow-ref'),
  };
  const named = [identity, identityRegexp, issuer, issuerRegexp, ...Object.values(workflow)];
  const type = flags.text('type');
  const ignoreLog = flags.on('insecure-ignore-tlog') === true;
  if (files.length > 0 && key === undefined && named.every((value) => value === undefined)) {
    for (const [flag, given] of [
      ['--type', type !== undefined],
      ['--insecure-ignore-tlog', ignoreLog],
    ] as const) {
      if (given) {
        refuse('FLAG_CONFLICT', `${flag} says nothing beside a policy that names the signers`, {
          expected: 'the policy alone, or also --key or --certificate-identity and --certificate-oidc-issuer',
          hint: 'state it in the policy',
        });
      }
    }
    return files;
  }
  const stated: AttestationFlags = {
    identity,
    identityRegexp,
    issuer,
    issuerRegexp,
    workflow,
    keyDigest: key?.key.digest,
    ignoreLog,
    type: type ?? (files.length > 0 ? undefined : 'custom'),
  };
  return [await policyFromFlags(attestationDocument(stated), attestationFlagMap(stated)), ...files];
}

/** What is verified by attestations in files: artifacts, and images that a pack holds. */
function targetsOf(
  io: Io,
  flags: Given,
  operands: readonly string[],
  pack: LoadedPack | undefined,
  evidence: readonly EvidenceItem[],
): readonly (Artifact | LoadedImage)[] {
  const images = pack?.images ?? [];
  if (flags.on('check-claims') === false) {
    if (images.length > 0) claimsOfImage('attestations in files, or a pack without images');
    io.stderr('Warning: --check-claims=false: the attestations may be about anything\n');
    return claimedArtifact(evidence);
  }
  if (operands.length > 0)
    return operands.map((operand) => imageNamed(images, operand) ?? readArtifact(io, operand));
  const packed = [...(pack?.artifacts ?? []), ...images];
  if (packed.length > 0) return packed;
  return refuse('FLAG_REQUIRED', 'verify-attestation needs ARTIFACT', {
    expected: 'edgeseal verify-attestation [flags] ARTIFACT...',
    found: 'nothing',
  });
}

function claimsOfImage(expected: string): never {
  return refuse('FLAG_CONFLICT', '--check-claims=false and an image exclude each other', {
    expected,
    hint: 'attestations of an image are found by its digest: they are always compared with it',
  });
}

function printEnvelopes(io: Io, { verdicts, evidence }: Answer): void {
  for (const { content } of acceptedEvidence(verdicts, evidence)) {
    if (content.kind === 'dsse') io.stdout(envelopeLine(content.envelope));
  }
}
