import { reasonCodes } from '#core/errors/codes';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import type { Io } from '#core/io/io';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Trust } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { verify } from '#core/verify/verify';

/** What is asked about one artifact. All policies must pass. */
export interface Question {
  readonly artifact: Artifact;
  readonly evidence: readonly EvidenceItem[];
  readonly policies: readonly Policy[];
  readonly trust: Trust;
}

/** Something that may be verified, with what is known about it. */
export type Subject = Pick<Question, 'artifact' | 'evidence'>;

/** An operand's answer: one verdict a policy, and the evidence that they are about. */
export interface Answer {
  readonly verdicts: readonly Verdict[];
  readonly evidence: readonly EvidenceItem[];
}

/**
 * The answer on the first subject that all policies accept; none accepted: on the first that has evidence.
 * @param subjects an image, and the indexes that hold it by its digest; not empty
 */
export async function judgeFirst(
  io: Io,
  subjects: readonly Subject[],
  question: Omit<Question, keyof Subject>,
): Promise<Answer> {
  const answers: Answer[] = [];
  for (const { artifact, evidence } of subjects) {
    const verdicts = await judge(io, { artifact, evidence, ...question });
    if (verdicts.every(accepts)) return { verdicts, evidence };
    answers.push({ verdicts, evidence });
  }
  return answers.find(({ evidence }) => evidence.length > 0) ?? answers[0] ?? { verdicts: [], evidence: [] };
}

/**
 * The answer on an image, also where it cannot be read.
 * @param name as the caller wrote it
 * @param reading what {@link judgeFirst} gets
 * @throws where the caller asked wrongly, or the fault is ours
 */
export async function judgeImage(
  io: Io,
  name: string,
  reading: Promise<readonly Subject[]>,
  question: Omit<Question, keyof Subject>,
): Promise<Answer> {
  let subjects: readonly Subject[];
  try {
    subjects = await reading;
  } catch (error) {
    const reason = reasonOf(error);
    const kind = reasonCodes[reason.code];
    if (kind === 'usage' || reason.code === 'INTERNAL_ERROR') throw error;
    return { verdicts: question.policies.map((policy) => unread(name, policy, kind, reason)), evidence: [] };
  }
  return judgeFirst(io, subjects, question);
}

function unread(name: string, policy: Policy, outcome: 'fail' | 'error', reason: Reason): Verdict {
  return {
    outcome,
    artifact: { name, digests: {} },
    policy: { name: policy.name, digest: policy.digest, mode: policy.mode },
    trustRoot: undefined,
    reasons: [reason],
    requirements: [],
  };
}

/** One verdict a policy. */
export async function judge(io: Io, { policies, ...question }: Question): Promise<readonly Verdict[]> {
  const now = io.now();
  const ecdsaDigest = question.evidence.some(signsArtifact)
    ? (await import('#core/crypto/ecdsa-prehashed')).verifyEcdsaDigest
    : undefined;
  return policies.map((policy) => verify({ ...question, policy, now, ecdsaDigest }));
}

/** Whether it is a signature over the artifact itself, which is known by digest. */
function signsArtifact(item: EvidenceItem): boolean {
  return item.kind === 'evidence' && item.evidence.content.kind === 'message';
}

/** Whether nothing stands in the way: passed, or refused by a policy that only warns. */
export function accepts({ outcome, policy }: Verdict): boolean {
  return outcome === 'pass' || (outcome === 'fail' && policy.mode === 'warn');
}

/** 0 where all are accepted; 1 where any is refused; 3 where any could not be decided. */
export function exitCode(verdicts: readonly Verdict[]): number {
  const refused = verdicts.filter((verdict) => !accepts(verdict));
  if (refused.length === 0) return 0;
  return refused.some(({ outcome }) => outcome === 'fail') ? 1 : 3;
}

/** The evidence that passed under any of the verdicts, in the order in which it was given. */
export function acceptedEvidence(
  verdicts: readonly Verdict[],
  evidence: readonly EvidenceItem[],
): readonly (EvidenceItem & { readonly kind: 'evidence' })['evidence'][] {
  const digests = new Set(
    verdicts.flatMap(({ requirements }) =>
      requirements.flatMap(({ attestations }) =>
        attestations.filter(({ outcome }) => outcome === 'pass').map(({ digest }) => digest),
      ),
    ),
  );
  return evidence.flatMap((item) => {
    if (item.kind !== 'evidence' || !digests.delete(item.evidence.digest)) return [];
    return [item.evidence];
  });
}
