import { runProgram } from '#core/cli/program';
import type { Io } from '#core/io/io';
import { program } from './program.ts';
import { SUPERVISOR } from './sandbox/own-program.ts';

/**
 * One call of `edgeseal-release`; or, of its single executable, the first process of a sandbox.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 done, 1 refused, 2 wrong usage, 3 could not decide
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === SUPERVISOR) {
    await (await import('./sandbox/supervisor.ts')).supervise(argv.slice(1));
    return 0;
  }
  return runProgram(program, argv, io);
}
