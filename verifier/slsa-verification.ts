import { decodeUtf8 } from '#core/bytes/utf8';
import { reasonOf } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { TrustedKey } from '#core/trust/trust';
import { reasonsAgainst } from '#core/verdict/reasons';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { formatReason } from '#core/cli/print-reason';
import { readArtifact } from './inputs/artifact.ts';
import { readEvidence } from './inputs/evidence.ts';
import type { ReadSubjects } from './inputs/images.ts';
import { subjectsWithLogEntries, withLogEntries, type LogSource } from './inputs/log-search.ts';
import type { LoadedPack } from './inputs/pack.ts';
import type { TrustFlags } from './inputs/trust-flags.ts';
import { loadTrustedRoot, trustFor } from './inputs/trust.ts';
import { acceptedEvidence, accepts, exitCode, judgeFirst, judgeImage, type Subject } from './judge.ts';
import { criteria } from './report/criteria.ts';
import { formatOf, quietUnlessText, writeVerdicts } from './report/write-verdicts.ts';

/** What slsa-verifier's commands have in common: one attestation file, one policy, some artifacts. */
export interface SlsaVerification {
  /** As the report calls an artifact: `artifact`, `npm package`. */
  readonly what: string;
  readonly operands: readonly string[];
  /** What an operand names, where it is not a file or its digest. */
  readonly artifactOf?: (operand: string) => Artifact;
  readonly policy: Policy;
  /** The attestation file; without it the operands are images, and it is attached to them. */
  readonly evidencePath?: string;
  readonly images?: (io: Io, pack: LoadedPack | undefined) => Promise<readonly NamedImage[]>;
  /** An evidence pack, whose trusted root, keys and policies count too. */
  readonly pack?: ((io: Io) => Promise<LoadedPack>) | undefined;
  /** Keys that are trusted beside the root. */
  readonly keys?: readonly TrustedKey[];
  readonly trustFlags: TrustFlags;
  /** Has entries that the evidence lacks. */
  readonly log?: ((io: Io) => Promise<LogSource | undefined>) | undefined;
  readonly output: string | undefined;
  /** Whether accepted statements are printed on standard output. */
  readonly print: boolean;
  /** Turns an operand into what is verified, where that is more than a file or a digest. */
  readonly select?: (evidence: readonly EvidenceItem[]) => readonly EvidenceItem[];
}

/** An image as the caller named it. */
export interface NamedImage {
  readonly name: string;
  readonly read: ReadSubjects;
}

/**
 * Verifies artifact after artifact and prints as slsa-verifier does: a line for each and one at the end; the
 * first that fails stops it.
 * @returns the exit code
 */
export async function slsaVerification(outer: Io, task: SlsaVerification): Promise<number> {
  const format = formatOf(task.output);
  const io = quietUnlessText(outer, format);
  const pack = await task.pack?.(io);
  const policies = [task.policy, ...(pack?.policies ?? [])];
  for (const policy of policies) io.stderr(criteria(policy));
  const images = await task.images?.(io, pack);
  const all = task.evidencePath === undefined ? [] : readEvidence(io, [task.evidencePath]);
  const selected = task.select === undefined ? all : task.select(all);
  const log = await task.log?.(io);
  const keys = [...(task.keys ?? []), ...(pack?.keys ?? [])];
  const packedRoot = task.trustFlags.text('trusted-root') === undefined ? pack?.root : undefined;
  const trust = await trustFor(
    policies,
    keys,
    async () => packedRoot ?? (await loadTrustedRoot(io, task.trustFlags)),
  );
  const given = await withLogEntries(log, selected, trust);
  const searched = async (read: ReadSubjects): Promise<readonly Subject[]> =>
    subjectsWithLogEntries(log, await read(), trust);
  const verdicts: Verdict[] = [];
  const question = { policies, trust };
  for (const target of images ?? task.operands) {
    const name = typeof target === 'string' ? target : target.name;
    const { verdicts: answers, evidence } =
      typeof target === 'string'
        ? await judgeFirst(io, [{ artifact: readOperand(io, task, target), evidence: given }], question)
        : await judgeImage(io, name, searched(target.read), question);
    verdicts.push(...answers);
    const refused = answers.find((verdict) => !accepts(verdict));
    if (refused !== undefined) {
      io.stderr(`Verifying ${task.what} ${name}: FAILED: ${headline(refused)}\n\n`);
      break;
    }
    const [verdict] = answers;
    if (task.print && format === 'text' && verdict !== undefined) printStatements(io, verdict, evidence);
    io.stderr(`Verifying ${task.what} ${name}: PASSED\n\n`);
  }
  await writeSummary(io, outer, format, verdicts);
  return exitCode(verdicts);
}

function readOperand(io: Io, { what, artifactOf }: SlsaVerification, operand: string): Artifact {
  try {
    return artifactOf === undefined ? readArtifact(io, operand) : artifactOf(operand);
  } catch (error) {
    const { code, message } = reasonOf(error);
    io.stderr(`Verifying ${what} ${operand}: FAILED: ${code}: ${message}\n\n`);
    throw error;
  }
}

function headline(verdict: Verdict): string {
  const [first] = reasonsAgainst(verdict);
  return first === undefined ? verdict.outcome : (formatReason(first.reason).split('\n', 1)[0] ?? '');
}

function printStatements(io: Io, verdict: Verdict, evidence: readonly EvidenceItem[]): void {
  for (const { content, source } of acceptedEvidence([verdict], evidence)) {
    if (content.kind === 'dsse') io.stdout(`${decodeUtf8(content.envelope.payload, source)}\n`);
  }
}

/** slsa-verifier's last line; for a failure the whole report before it. */
async function writeSummary(
  io: Io,
  outer: Io,
  format: ReturnType<typeof formatOf>,
  verdicts: readonly Verdict[],
): Promise<void> {
  const failed = verdicts.find((verdict) => !accepts(verdict));
  if (format !== 'text') await writeVerdicts(outer, format, verdicts);
  else if (failed === undefined) io.stderr('PASSED: SLSA verification passed\n');
  else {
    await writeVerdicts(io, format, [failed]);
    io.stderr(`FAILED: SLSA verification failed: ${headline(failed)}\n`);
  }
}
