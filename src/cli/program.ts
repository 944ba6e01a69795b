import { reasonCodes } from '#core/errors/codes';
import { reasonOf, refuse } from '#core/errors/error';
import { nearest } from '#core/errors/nearest';
import type { Reason } from '#core/errors/reason';
import type { Io } from '#core/io/io';
import type { Command } from './command.ts';
import { quote } from './flags.ts';
import { formatReason } from './print-reason.ts';

/** A command before it is loaded: each is a module of its own, read only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** One executable. */
export interface Program {
  /** `edgeseal`. */
  readonly name: string;
  /** What it is for: a sentence. */
  readonly about: string;
  /** Every command, in the order of the help. */
  readonly commands: readonly CommandEntry[];
  /** What 0, 1, 2 and 3 mean, a line each. */
  readonly exitCodes: readonly string[];
  /** Called where there is no answer: what a machine that asked for one is told. */
  readonly undecided?: (io: Io, argv: readonly string[], reason: Reason) => Promise<void>;
}

/** Exit codes by what a reason means for the answer. */
const EXIT = { fail: 1, usage: 2, error: 3 } as const;

/**
 * One call of a command line.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 passed, 1 refused, 2 wrong usage, 3 could not decide
 */
export async function runProgram(program: Program, argv: readonly string[], io: Io): Promise<number> {
  try {
    const found = findCommand(program, argv);
    if (found === undefined) {
      const { overview } = await import('./overview.ts');
      const asked = argv.length > 0;
      (asked ? io.stdout : io.stderr)(overview(program));
      return asked ? 0 : EXIT.usage;
    }
    const command = await found.entry.load();
    return await command.run(program, found.rest, io);
  } catch (error) {
    const reason = reasonOf(error);
    io.stderr(formatReason(reason));
    await program.undecided?.(io, argv, reason);
    return EXIT[reasonCodes[reason.code]];
  }
}

interface Found {
  readonly entry: CommandEntry;
  readonly rest: readonly string[];
}

/** The command of one or two words; undefined where only help is asked for. @throws COMMAND_UNKNOWN */
function findCommand(program: Program, argv: readonly string[]): Found | undefined {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return undefined;
  const found = (name: string, rest: readonly string[]): Found | undefined => {
    const entry = program.commands.find((command) => command.name === name);
    return entry === undefined ? undefined : { entry, rest };
  };
  if (first === '--version') return found('version', argv.slice(1));
  const words = second === undefined ? first : `${first} ${second}`;
  return found(words, argv.slice(2)) ?? found(first, argv.slice(1)) ?? unknown(program, first, words);
}

function unknown(program: Program, first: string, words: string): never {
  const names = program.commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) {
    return refuse('COMMAND_UNKNOWN', `${first} needs to be told what to do`, {
      expected: group.join(', '),
      found: quote(words),
    });
  }
  const near = nearest(first, names) ?? nearest(words, names);
  return refuse('COMMAND_UNKNOWN', `there is no command ${quote(first)}`, {
    hint:
      near === undefined
        ? `${program.name} --help lists the commands`
        : `did you mean ${program.name} ${near}?`,
  });
}
