import { createHash } from 'node:crypto';
import { canonicalize } from '#core/json/canonical';
import type { JsonValue } from '#core/json/value';
import { cosignPayload, type CosignPayload } from '#core/policy/cosign-payload/cosign-payload';

/** What is asked of cosign and of us: `--type`, and the bytes that were signed. */
export interface Question {
  readonly type: string;
  readonly statement: Buffer;
}

/** The answer in one form: members sorted, each number in the spelling that it has; errors without their words. */
export function formOf(answer: CosignPayload): string {
  if (answer.kind === 'refused' || answer.kind === 'unreadable') return 'refused';
  if (answer.kind === 'other-type') return `other-type ${JSON.stringify(answer.predicateType)}`;
  const spelt = answer.text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"number ${token}"`,
  );
  const value: JsonValue = JSON.parse(spelt);
  return `document ${canonicalize(value)}`;
}

export function ours({ type, statement }: Question): string {
  return formOf(cosignPayload(statement, type));
}

/** A form in few characters. */
export function digestOf(form: string): string {
  return createHash('sha256').update(form).digest('base64url').slice(0, 16);
}
