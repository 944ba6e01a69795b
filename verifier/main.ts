import { reasonCodes } from '#core/errors/codes';
import { reasonOf, refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import type { Io } from '#core/io/io';
import type { CommandEntry } from './cli/commands.ts';
import { commands } from './cli/commands.ts';
import { quote } from './cli/flags.ts';
import { nearest } from '#core/errors/nearest';
import { formatReason } from './cli/print-reason.ts';

/** Exit codes by what a reason means for the answer. */
const EXIT = { fail: 1, usage: 2, error: 3 } as const;

/**
 * One call of the command line.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 passed, 1 refused, 2 wrong usage, 3 could not decide
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const found = findCommand(argv);
    if (found === undefined) {
      const { overview } = await import('./cli/overview.ts');
      const asked = argv.length > 0;
      (asked ? io.stdout : io.stderr)(overview());
      return asked ? 0 : EXIT.usage;
    }
    const command = await found.entry.load();
    return await command.run(found.rest, io);
  } catch (error) {
    const reason = reasonOf(error);
    io.stderr(formatReason(reason));
    await writeUndecided(io, argv, reason);
    return EXIT[reasonCodes[reason.code]];
  }
}

/** For a machine that asked for a verdict: the one that says that there is none, and why. */
async function writeUndecided(io: Io, argv: readonly string[], reason: Reason): Promise<void> {
  if (reason.code === 'COMMAND_UNKNOWN' || reason.code.startsWith('FLAG_')) return;
  const at = argv.findIndex((word) => word === '--output' || word.startsWith('--output='));
  const word = argv[at];
  if (word === undefined) return;
  const format = word === '--output' ? argv[at + 1] : word.slice('--output='.length);
  if (format !== 'json' && format !== 'sarif' && format !== 'junit') return;
  const { writeVerdicts } = await import('./report/write-verdicts.ts');
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

/** The command of one or two words; undefined where only help is asked for. @throws COMMAND_UNKNOWN */
function findCommand(
  argv: readonly string[],
): { readonly entry: CommandEntry; readonly rest: readonly string[] } | undefined {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return undefined;
  if (first === '--version') return found('version', argv.slice(1));
  const words = second === undefined ? first : `${first} ${second}`;
  return found(words, argv.slice(2)) ?? found(first, argv.slice(1)) ?? unknown(first, words);
}

function found(
  name: string,
  rest: readonly string[],
): { readonly entry: CommandEntry; readonly rest: readonly string[] } | undefined {
  const entry = commands.find((command) => command.name === name);
  return entry === undefined ? undefined : { entry, rest };
}

function unknown(first: string, words: string): never {
  const names = commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) {
    return refuse('COMMAND_UNKNOWN', `${first} needs to be told what to do`, {
      expected: group.join(', '),
      found: quote(words),
    });
  }
  const near = nearest(first, names) ?? nearest(words, names);
  return refuse('COMMAND_UNKNOWN', `there is no command ${quote(first)}`, {
    hint: near === undefined ? 'edgeseal --help lists the commands' : `did you mean edgeseal ${near}?`,
  });
}
