import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { nodeIo } from '#core/io/node-io';

/** How a call of one of our programs ended. */
export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of our programs within this process, in a folder that is also its HOME. */
export async function runMain(
  main: (args: readonly string[], io: Io) => Promise<number>,
  args: readonly string[],
  folder: string,
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    ...nodeIo(),
    files: nodeFiles(folder),
    env: { HOME: folder },
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
  };
  const exit = await main(args, io);
  return { exit, stdout, stderr };
}
