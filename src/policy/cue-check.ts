import { compileCue, prepareCue, type CompiledCue } from '#core/cue/cue';
import { CueError } from '#core/cue/syntax/cue-error';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import type { Statement } from '#core/in-toto-attestation/types';
import { cosignPayload } from './cosign-payload/cosign-payload.ts';
import { cueDoubts, type CueDoubt } from './cue-doubts.ts';
import { errorReason, failureReasons, missingReasons, neverReasons } from './cue-reasons.ts';
import type { CueSource } from './document.ts';

/** A CUE policy, compiled: how it judges statements. */
export interface CueChecks {
  /** What may mean something else than its author thinks. */
  readonly doubts: () => readonly CueDoubt[];
  /** The statement as it was signed; what the policy constrains must be there. */
  readonly safe: CueCheck;
  /** As cosign judges: the document that it makes of the statement, where what is absent passes. */
  readonly cosign: (type: string) => CueCheck;
  /** Whether cosign counts a statement among those of the type: it drops what it cannot read. */
  readonly isReadByCosign: (type: string) => (statement: Pick<Statement, 'payload'>) => boolean;
}

/** A check of a statement that looks at the signed bytes alone. */
export type CueCheck = (statement: Pick<Statement, 'payload'>) => readonly Reason[];

/**
 * Loads the CUE engine, and gives what compiles the files of a policy, as one.
 * @throws POLICY_CUE_INVALID, POLICY_CUE_UNSUPPORTED, POLICY_CUE_LIMIT
 */
export async function loadCueChecks(): Promise<(files: readonly CueSource[]) => CueChecks> {
  await prepareCue();
  return (files) => {
    const compiled = refusing(() => compileCue(files));
    const [never] = neverReasons(compiled.own);
    if (never !== undefined) {
      const { code, message, ...detail } = never;
      refuse(code, message, detail);
    }
    return {
      doubts: () => cueDoubts(files),
      safe: safeCheck(compiled),
      cosign: (type) => cosignCheck(compiled, type),
      isReadByCosign,
    };
  };
}

function safeCheck(compiled: CompiledCue): CueCheck {
  return ({ payload }) => {
    const verdict = refusing(() => compiled.evaluate(decodeUtf8(payload, 'the statement')));
    return [...failureReasons(verdict), ...missingReasons(verdict)];
  };
}

function cosignCheck(compiled: CompiledCue, type: string): CueCheck {
  return ({ payload }) => {
    const document = cosignPayload(payload, type);
    if (document.kind === 'document') return failureReasons(refusing(() => compiled.evaluate(document.text)));
    return refuse('COSIGN_PAYLOAD_INVALID', 'cosign makes no document of the statement', {
      expected: `a statement that cosign can convert as ${JSON.stringify(type.slice(0, 200))}`,
      found: document.kind === 'other-type' ? 'a statement of another type' : document.message.slice(0, 300),
      hint: 'leave out --cue-compat=cosign: then the policy sees the statement as it was signed',
    });
  };
}

/** @throws POLICY_CUE_INVALID, POLICY_CUE_UNSUPPORTED, POLICY_CUE_LIMIT for what the engine throws */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof CueError)) throw cause;
    const { code, message, ...detail } = errorReason(cause);
    return refuse(code, message, { ...detail, cause });
  }
}

function isReadByCosign(type: string): (statement: Pick<Statement, 'payload'>) => boolean {
  return ({ payload }) => {
    const { kind } = cosignPayload(payload, type);
    return kind === 'document' || kind === 'refused';
  };
}
