import type { Io } from '#core/io/io';
import { main as release } from '../release/main.ts';
import { SUPERVISOR } from '../release/sandbox/own-program.ts';

export { nodeIo } from '#core/io/node-io';

/** The command line; in a sandbox of its own making the executable is the supervisor. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] !== SUPERVISOR) return release(argv, io);
  const { supervise } = await import('../release/sandbox/supervisor.ts');
  await supervise(argv.slice(1));
  return Number(process.exitCode ?? 0);
}
