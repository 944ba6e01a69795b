import type { FlagSpec } from '#core/cli/flags';

/** Where phases leave what the next ones need, unless the caller says another folder. */
export const DEFAULT_WORK = '.edgeseal-release';

/** `--work` of every phase. */
export const workFlag = {
  kind: 'text',
  value: 'DIR',
  about: `the work folder: ${DEFAULT_WORK} unless it is said`,
} as const satisfies FlagSpec;
