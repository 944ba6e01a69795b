import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { parseArguments, type Flags, type FlagTable, type UnsupportedFlags } from './flags.ts';
import { renderHelp } from './help.ts';
import type { Program } from './program.ts';

/** What a command is: its help and its work. */
export interface CommandSpec<T extends FlagTable> {
  /** `policy check`. */
  readonly name: string;
  /** What comes after the name: `[flags] ARTIFACT...`. */
  readonly usage: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly operands: { readonly name: string; readonly min: number; readonly max: number };
  readonly flags: T;
  readonly unsupported?: UnsupportedFlags;
  readonly examples: readonly Example[];
  /** @returns the exit code */
  readonly run: (flags: Flags<T>, operands: readonly string[], io: Io) => Promise<number>;
}

export interface Example {
  readonly about: string;
  readonly command: string;
}

/** A command as {@link runProgram} sees it. */
export interface Command {
  run(program: Program, argv: readonly string[], io: Io): Promise<number>;
  help(program: Program): string;
}

export function defineCommand<T extends FlagTable>(spec: CommandSpec<T>): Command {
  return {
    help: (program) => renderHelp(program, spec),
    run: async (program, argv, io) => {
      const { flags, operands, help } = parseArguments(spec.flags, spec.unsupported ?? {}, argv);
      if (help) {
        io.stdout(renderHelp(program, spec));
        return 0;
      }
      checkCount(program, spec, operands);
      return spec.run(flags, operands, io);
    },
  };
}

function checkCount(
  program: Program,
  spec: Pick<CommandSpec<FlagTable>, 'name' | 'usage' | 'operands'>,
  operands: readonly string[],
): void {
  const { name, min, max } = spec.operands;
  if (operands.length < min) {
    refuse('FLAG_REQUIRED', `${spec.name} needs ${name}`, {
      expected: `${program.name} ${spec.name} ${spec.usage}`.trimEnd(),
      found: operands.length === 0 ? 'nothing' : `only ${operands.length}`,
    });
  }
  if (operands.length > max) {
    refuse(
      'FLAG_CONFLICT',
      `${spec.name} takes ${max === 0 ? 'no argument' : `at most ${max} argument${max === 1 ? '' : 's'}`}`,
      {
        expected: `${program.name} ${spec.name} ${spec.usage}`.trimEnd(),
        found: `${operands.length}: ${operands
          .slice(0, 5)
          .map((text) => JSON.stringify(text.slice(0, 100)))
          .join(' ')}`,
      },
    );
  }
}
