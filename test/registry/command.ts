import { nodeFiles } from '#core/io/files';
import type { Io } from '#core/io/io';
import { nodeIo } from '#core/io/node-io';
import { main } from '../../verifier/main.ts';

/** How a command line ended. */
export interface Answer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Our own command line in a folder, at a time when the fixtures are valid. */
export async function edgesealIn(
  folder: string,
  args: readonly string[],
  more: Partial<Pick<Io, 'env' | 'network'>> = {},
): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  const exit = await main(args, {
    ...nodeIo(),
    files: nodeFiles(folder),
    env: { HOME: folder },
    now: () => new Date('2026-02-01T00:00:00Z'),
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    ...more,
  });
  return { exit, stdout, stderr };
}
