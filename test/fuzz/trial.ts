import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { EdgesealError } from '#core/errors/error';
import { authenticate } from '#core/sigstore/authenticate';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Verdict } from '#core/verdict/verdict';
import type { Corpus } from './corpus.ts';
import { beyondGenuine } from './equivalence.ts';
import { meaningOf } from './meaning.ts';
import type { Mutant } from './mutation.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { decide, splitItems, type Target } from './target.ts';

/** What came of one mutant. */
export interface Trial {
  readonly kind: string;
  /** The first reason's code, or that it was accepted. */
  readonly outcome: ReasonCode | 'accepted';
  /** Something that must not be: an untyped error, a false accept, a false refusal. */
  readonly fault: string | undefined;
  readonly target: string;
  readonly mutant: Mutant;
}

/** The mutant of that seed and index: always the same for the same corpus. */
export function runTrial(corpus: Corpus, seed: number, index: number): Trial {
  const random = new Random(seed, index);
  const target = random.pick(random.chance(4) ? corpus.nearMisses : corpus.targets);
  const genuine = target.originals.length > 0;
  const { kind, mutant } = mutate(target, random, corpus.targets);
  const base = { kind, target: target.name, mutant };
  try {
    const evidence = parseEvidence(mutant.bytes, 'mutant');
    const verdict = decide(target, evidence);
    const code = firstCode(verdict);
    if (code === 'INTERNAL_ERROR')
      return { ...base, outcome: code, fault: `untyped error: ${JSON.stringify(verdict)}` };
    if (verdict.outcome !== 'pass') {
      const fault = genuine && mutant.expect === 'accepted' ? `false refusal: ${code}` : undefined;
      return { ...base, outcome: code ?? 'ATTESTATION_MISSING', fault };
    }
    const fault =
      mutant.expect === 'refused'
        ? 'accepted what must be refused'
        : falseAccept(corpus, target, mutant, evidence, verdict);
    return { ...base, outcome: 'accepted', fault };
  } catch (error) {
    if (
      error instanceof EdgesealError &&
      Object.hasOwn(reasonCodes, error.code) &&
      error.code !== 'INTERNAL_ERROR'
    ) {
      const fault = genuine && mutant.expect === 'accepted' ? `false refusal: ${error.code}` : undefined;
      return { ...base, outcome: error.code, fault };
    }
    const fault = `untyped error: ${error instanceof Error ? (error.stack ?? error.message) : typeof error}`;
    return { ...base, outcome: 'INTERNAL_ERROR', fault };
  }
}

/** The code of the reason that decided; INTERNAL_ERROR before all others, wherever it stands. */
function firstCode(verdict: Verdict): ReasonCode | undefined {
  const reasons = [
    ...verdict.reasons,
    ...verdict.requirements.flatMap((requirement) => [
      ...requirement.attestations.flatMap((attestation) => attestation.reasons),
      ...requirement.reasons,
    ]),
  ];
  const codes = reasons.map(({ code }) => code);
  return codes.find((code) => code === 'INTERNAL_ERROR') ?? codes[0];
}

/** Why an accepted mutant should not have been; undefined where it says no more than genuine evidence. */
function falseAccept(
  corpus: Corpus,
  target: Target,
  mutant: Mutant,
  evidence: readonly EvidenceItem[],
  verdict: Verdict,
): string | undefined {
  const content = mutant.bytes.toString('utf8');
  if (!Buffer.from(content, 'utf8').equals(mutant.bytes)) return 'false accept: not UTF-8';
  const { items } = splitItems(content);
  if (evidence.length !== items.length) {
    return `false accept: read as ${evidence.length} items, ${items.length} are there`;
  }
  const attestations = verdict.requirements.flatMap((requirement) => requirement.attestations);
  const passed = new Set(attestations.filter((it) => it.outcome === 'pass').map((it) => it.digest));
  const root = target.originals.length > 0 ? undefined : target.trust.root?.digest;
  const faults: string[] = [];
  let accepted = 0;
  for (const [index, item] of evidence.entries()) {
    if (item.kind === 'refused' || !passed.has(item.evidence.digest)) continue;
    accepted++;
    const meaning = meaningOf(items[index] ?? null);
    const { signers } = authenticate(item.evidence, target.artifact, target.trust, verifyEcdsaDigest);
    const beyond =
      meaning === undefined
        ? ['no bundle and no envelope']
        : beyondGenuine(meaning, signers, corpus.known, root);
    faults.push(...beyond.map((fault) => `item ${index}: ${fault}`));
  }
  if (accepted === 0) faults.push('no item passes');
  return faults.length === 0 ? undefined : `false accept: ${faults.join('; ')}`;
}
