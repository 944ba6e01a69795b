import { prepareVerification } from '#core/crypto/signature';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { TrustedKey } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { claimsOfImage, type Given } from './commands/verify-attestation.flags.ts';
import { readArtifact } from './inputs/artifact.ts';
import { claimedArtifact } from './inputs/claimed-artifact.ts';
import { readEvidence } from './inputs/evidence.ts';
import { wantedTypes } from './inputs/images.ts';
import { openLog, subjectsWithLogEntries, withLogEntries } from './inputs/log-search.ts';
import { readPack, type LoadedPack } from './inputs/pack.ts';
import { imageNamed, type LoadedImage } from './inputs/packed-images.ts';
import { isCue, readCueFile, readPolicies } from './inputs/policies.ts';
import { loadTrustedRootBytes, readKey, trustFor } from './inputs/trust.ts';
import {
  acceptedEvidence,
  accepts,
  exitCode,
  judgeFirst,
  judgeImage,
  type Answer,
  type Subject,
} from './judge.ts';
import {
  attestationDocument,
  attestationFlagMap,
  DEFAULT_TYPE,
  type AttestationFlags,
} from './policies/attestation.ts';
import { policyFromFlags } from './policies/from-flags.ts';
import { criteria } from './report/criteria.ts';
import { envelopeLine } from './report/envelope-line.ts';
import { formatOf, quietUnlessText, writeVerdicts } from './report/write-verdicts.ts';
import { openSecondOpinion } from './second-opinion.ts';

/** One call of verify-attestation. */
interface AttestationVerification {
  readonly flags: Given;
  readonly operands: readonly string[];
  /** Of images, in the order of the operands: what is attached to them; undefined where files hold the attestations. */
  readonly readings: readonly Promise<readonly Subject[]>[] | undefined;
  /** Told what predicate types the readings are to fetch. */
  readonly want: (types: readonly string[]) => void;
  /** Between pieces of work: takes answers of registries, so that what follows from them is asked for at once. */
  readonly turn: () => Promise<void>;
}

/**
 * Verifies artifact after artifact by what the flags state, and prints as cosign does.
 * @returns the exit code
 */
export async function attestationVerification(
  outer: Io,
  { flags, operands, readings, want, turn }: AttestationVerification,
): Promise<number> {
  const format = formatOf(flags.text('output'));
  const io = quietUnlessText(outer, format);
  const packPath = flags.text('evidence');
  const pack = packPath === undefined ? undefined : await readPack(io, packPath, flags);
  await turn();
  const key = keyOf(io, flags);
  await turn();
  const policies = await policiesOf(io, flags, pack, key);
  want(wantedTypes(policies));
  await turn();
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
      add(other === undefined ? answer : await other.aboutArtifact(target, answer, (await loadRoot()).bytes));
    }
  } else {
    for (const { key: one } of trust.keys) {
      await turn();
      prepareVerification(one);
    }
    for (const [index, reading] of readings.entries()) {
      const operand = operands[index] ?? '';
      const answer = await judgeImage(io, operand, searched(reading), question);
      add(other === undefined ? answer : await other.aboutImage(operand, answer, (await loadRoot()).bytes));
    }
  }
  await writeVerdicts(outer, format, verdicts);
  return exitCode(verdicts);
}

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

/** The policies of files and pack, and the one that the flags state. */
async function policiesOf(
  io: Io,
  flags: Given,
  pack: LoadedPack | undefined,
  key: TrustedKey | undefined,
): Promise<readonly Policy[]> {
  const given = flags.texts('policy');
  const cue = given.filter(isCue).map((path) => readCueFile(io, path));
  const files = [
    ...(await readPolicies(
      io,
      given.filter((path) => !isCue(path)),
    )),
    ...(pack?.policies ?? []),
  ];
  const asCosign = flags.text('cue-compat') !== undefined;
  if (asCosign && cue.length === 0) {
    refuse('FLAG_CONFLICT', '--cue-compat says nothing without a policy in CUE', {
      expected: '--policy FILE.cue',
      hint: 'CUE in a JSON policy is never judged as cosign judges',
    });
  }
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
  if (cue.length > 0 && key === undefined && named.every((value) => value === undefined)) {
    refuse('FLAG_REQUIRED', '--certificate-identity is required beside a policy in CUE', {
      expected: '--certificate-identity and --certificate-oidc-issuer, or --key',
      found: 'nothing that says who must have signed what the CUE is about',
      hint: 'or a JSON policy that names the signers and the CUE: "cue": {"files": ["policy.cue"]}',
    });
  }
  const type = flags.text('type');
  const ignoreLog = flags.on('insecure-ignore-tlog') === true;
  if (
    cue.length === 0 &&
    files.length > 0 &&
    key === undefined &&
    named.every((value) => value === undefined)
  ) {
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
    type: type ?? (files.length > 0 && cue.length === 0 ? undefined : DEFAULT_TYPE),
    cue,
    asCosign,
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

function printEnvelopes(io: Io, { verdicts, evidence }: Answer): void {
  for (const { content } of acceptedEvidence(verdicts, evidence)) {
    if (content.kind === 'dsse') io.stdout(envelopeLine(content.envelope));
  }
}
