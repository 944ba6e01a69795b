import type { ErrorObject } from 'ajv/dist/2020.js';
import type { ReasonCode } from '#core/errors/codes';
import { refuse } from '#core/errors/error';
import { formatPath } from '#core/errors/reason';
import type { Locate } from '#core/policy/site';
import { schemaFaults } from './schema-faults.ts';
import type { JsonValue } from './value.ts';

/**
 * Refuses a document by what its JSON Schema says: the first fault in the text's order, and the next ones as a hint.
 * @param kind what the document is called: `policy`
 * @throws the given code, always
 */
export function refuseBySchema(
  code: ReasonCode,
  kind: string,
  errors: readonly ErrorObject[],
  document: JsonValue,
  whereIs: Locate,
): never {
  const faults = schemaFaults(errors, document)
    .map((fault) => ({
      ...fault,
      at: whereIs(fault.path),
      name: fault.path.length === 0 ? `the ${kind}` : formatPath(fault.path),
    }))
    .sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  const [first, ...others] = faults;
  const more = others
    .slice(0, 5)
    .map(({ at, name: where, message }) => `line ${at?.line}: ${where} ${message}`);
  return refuse(code, `${first?.name ?? `the ${kind}`} ${first?.message ?? 'does not fit its schema'}`, {
    path: first === undefined ? undefined : formatPath(first.path),
    expected: first?.expected,
    found: first?.found,
    at: first?.at,
    hint:
      more.length === 0
        ? undefined
        : `also ${more.join('; ')}${others.length > 5 ? `; and ${others.length - 5} more` : ''}`,
  });
}
