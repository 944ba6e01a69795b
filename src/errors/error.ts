import type { ReasonCode } from './codes.ts';
import type { Reason } from './reason.ts';

/** What may stand beside code and message in a {@link Reason}. */
export type ReasonDetail = Omit<Reason, 'code' | 'message'> & { readonly cause?: unknown };

/**
 * The one error of edgeseal. Parsers and checks throw it for anything that they refuse; `verify()` turns
 * it into a Verdict's reason, the command line into an exit code.
 */
export class EdgesealError extends Error {
  override readonly name = 'EdgesealError';
  readonly code: ReasonCode;
  readonly reason: Reason;

  constructor(code: ReasonCode, message: string, detail: ReasonDetail = {}) {
    const { cause, ...rest } = detail;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.reason = { code, message, ...rest };
  }
}

/**
 * Throws the refusal.
 * @throws the given code, always
 */
export function refuse(code: ReasonCode, message: string, detail?: ReasonDetail): never {
  throw new EdgesealError(code, message, detail);
}

/** The reason that an unknown thrown value stands for. Anything that is not ours is INTERNAL_ERROR. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof EdgesealError) return error.reason;
  return {
    code: 'INTERNAL_ERROR',
    message: 'edgeseal met a fault of its own and refuses',
    found: error instanceof Error ? `${error.name}: ${error.message}` : typeof error,
    hint: 'please report this with the input that caused it; see SECURITY.md',
  };
}
