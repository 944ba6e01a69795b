import type { Reason } from '#core/errors/reason';
import type { Io } from '#core/io/io';

/** For a machine that asked for a verdict: the one that says that there is none, and why. */
export async function writeUndecided(io: Io, argv: readonly string[], reason: Reason): Promise<void> {
  if (reason.code === 'COMMAND_UNKNOWN' || reason.code.startsWith('FLAG_')) return;
  const at = argv.findIndex((word) => word === '--output' || word.startsWith('--output='));
  const word = argv[at];
  if (word === undefined) return;
  const format = word === '--output' ? argv[at + 1] : word.slice('--output='.length);
  if (format !== 'json' && format !== 'sarif' && format !== 'junit') return;
  const { writeVerdicts } = await import('../report/write-verdicts.ts');
  await writeVerdicts(io, format, [
    {
      outcome: 'error',
      artifact: { name: 'unknown', digests: {} },
      policy: { name: 'unknown', digest: '', mode: 'enforce' },
      trustRoot: undefined,
      reasons: [reason],
      requirements: [],
    },
  ]);
}
