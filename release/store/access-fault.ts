import { EdgesealError, refuse } from '#core/errors/error';

/** What was tried with a file. */
export type Access = 'read' | 'write';

/**
 * Refuses for what the file system says; a refusal of ours stays as it is.
 * @param name of the file, for people
 * @throws FILE_UNREADABLE, FILE_UNWRITABLE
 */
export function accessFault(access: Access, name: string, cause: unknown): never {
  if (cause instanceof EdgesealError) throw cause;
  const shown = JSON.stringify(name.slice(0, 200));
  return access === 'read'
    ? refuse('FILE_UNREADABLE', `${shown} cannot be read`, { found: codeOf(cause), cause })
    : refuse('FILE_UNWRITABLE', `${shown} cannot be written`, {
        found: codeOf(cause),
        hint: 'check that the folder is there, that you may write to it, and that there is room',
        cause,
      });
}

/** `ENOENT`, ...; what is no error of the system has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'an unknown fault';
}
