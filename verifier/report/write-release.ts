import type { Io } from '#core/io/io';
import { escapeControls } from '#core/verdict/escape';
import type { Verdict } from '#core/verdict/verdict';
import { writeVerdicts, type OutputFormat } from './write-verdicts.ts';

/** A release's verdicts. For people: what passed in one line each, what did not in full, then the whole. */
export async function writeRelease(
  io: Io,
  format: OutputFormat,
  verdicts: readonly Verdict[],
): Promise<void> {
  if (format !== 'text') return writeVerdicts(io, format, verdicts);
  const parts = verdicts.slice(0, -1);
  const whole = verdicts.at(-1);
  const against = parts.filter(({ outcome }) => outcome !== 'pass');
  const refused = namesOf(against);
  for (const name of namesOf(parts)) if (!refused.has(name)) io.stderr(`PASSED: ${escapeControls(name)}\n`);
  if (against.length > 0) io.stderr('\n');
  await writeVerdicts(io, format, against);
  if (whole === undefined) return;
  if (whole.reasons.length > 0 || whole.requirements.some(({ reasons }) => reasons.length > 0))
    await writeVerdicts(io, format, [whole]);
  const name = escapeControls(whole.artifact.name);
  const count = namesOf(parts).size;
  const parted = `${count} ${count === 1 ? 'file or image' : 'files and images'}`;
  if (whole.outcome === 'pass') io.stderr(`\nPASSED: ${name}: ${parted}\n`);
  else {
    const word = whole.outcome === 'fail' ? 'REFUSED' : 'UNDECIDED';
    const warns = whole.policy.mode === 'warn' && whole.outcome === 'fail' ? ' (the policy only warns)' : '';
    io.stderr(
      `${word}: ${name}: ${refused.size} of ${parted} ${refused.size === 1 ? 'is not as it should be' : 'are not as they should be'}${warns}\n`,
    );
  }
}

/** Of several policies each has its verdict: what they are about counts once. */
function namesOf(verdicts: readonly Verdict[]): ReadonlySet<string> {
  return new Set(verdicts.map(({ artifact }) => artifact.name));
}
