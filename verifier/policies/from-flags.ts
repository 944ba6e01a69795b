import { EdgesealError, refuse } from '#core/errors/error';
import type { Position } from '#core/errors/reason';
import { definePolicy } from '#core/policy/define-policy';
import type { PolicyDocument } from '#core/policy/document';
import type { Policy } from '#core/policy/policy';

/** Which flag stated what stands at a path (`requirements.0.provenance.source.tag`) of the document. */
export type FlagMap = Readonly<Record<string, string>>;

/**
 * A policy that flags stated. Reasons that point into it name the flag.
 * @throws FLAG_VALUE_INVALID for what a policy file would be refused for
 */
export async function policyFromFlags(document: PolicyDocument, flags: FlagMap): Promise<Policy> {
  try {
    return await definePolicy(document, (path) => locateFlag(flags, path));
  } catch (cause) {
    if (!(cause instanceof EdgesealError) || cause.code !== 'POLICY_INVALID') throw cause;
    const { message, at, expected, found, hint } = cause.reason;
    return refuse(
      'FLAG_VALUE_INVALID',
      at === undefined ? message : `${at.file} ${message.replace(/^requirements\S* /, '')}`,
      {
        expected,
        found,
        hint,
        cause,
      },
    );
  }
}

/** The flag of the path, or of its nearest ancestor that has one. */
function locateFlag(flags: FlagMap, path: readonly (string | number)[]): Position | undefined {
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.');
    const file = Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (file !== undefined) return { file, line: 1, column: 1 };
  }
  return undefined;
}
