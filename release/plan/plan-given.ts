import type { FlagTable } from '#core/cli/flags';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { parseDescription } from '../description/parse-description.ts';
import { makePlan } from './make-plan.ts';
import type { Plan } from './plan.ts';

/** The description that a command reads unless another one is named. */
export const DEFAULT_DESCRIPTION = 'release.json';

/** What a description that is part of the source cannot say of itself. */
export const sourceFlags = {
  ref: { kind: 'text', value: 'REF', about: 'the tag that is released, as refs/tags/v1.2.3' },
  commit: { kind: 'text', value: 'SHA', about: 'the commit of the tag, in full' },
} as const satisfies FlagTable;

interface SourceFlags {
  text(name: keyof typeof sourceFlags): string | undefined;
}

/**
 * Reads the description that a command is given, and plans it.
 * @param file `-` is standard input
 * @throws FILE_*, and what descriptions and plans are refused for
 */
export async function planGiven(io: Io, flags: SourceFlags, file: string): Promise<Plan> {
  const name = file === '-' ? 'standard input' : file;
  const description = await parseDescription(io.files.read(file, limits.configFile), name);
  return makePlan(description, name, { ref: flags.text('ref'), commit: flags.text('commit') });
}
