import { runProgram } from '#core/cli/program';
import type { Io } from '#core/io/io';
import { program } from './program.ts';

/**
 * One call of `edgeseal-release`.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 done, 1 refused, 2 wrong usage, 3 could not decide
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  return runProgram(program, argv, io);
}
