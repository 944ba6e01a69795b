import { refuse } from '#core/errors/error';
import { formatPath } from '#core/errors/reason';
import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { withCueFiles, type ReadCueFile } from './cue-source.ts';
import { definePolicy } from './define-policy.ts';
import type { Policy } from './policy.ts';
import { schemaFaults } from './schema-errors.ts';
import type { Locate } from './site.ts';

/**
 * Reads a JSON policy: strict JSON, then policies/policy.schema.json, then what a schema cannot say.
 * @param name the file's name, for positions
 * @param readCue reads the files of CUE that it names; without it, it must hold its CUE
 * @throws JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_TOO_DEEP, POLICY_INVALID, POLICY_UNSUPPORTED, POLICY_CUE_*
 */
export async function parsePolicy(text: string, name: string, readCue?: ReadCueFile): Promise<Policy> {
  const document = parseJson(text, name);
  const whereIs: Locate = (path) => ({ file: name, ...locate(text, path) });
  const { loadSchemaCheck } = await import('./schema-check.ts');
  const validate = await loadSchemaCheck();
  if (validate(document)) return definePolicy(withCueFiles(document, whereIs, readCue), whereIs);
  const faults = schemaFaults(validate.errors ?? [], document)
    .map((fault) => ({
      ...fault,
      at: whereIs(fault.path),
      name: fault.path.length === 0 ? 'the policy' : formatPath(fault.path),
    }))
    .sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  const [first, ...others] = faults;
  const more = others
    .slice(0, 5)
    .map(({ at, name: where, message }) => `line ${at?.line}: ${where} ${message}`);
  return refuse('POLICY_INVALID', `${first?.name ?? name} ${first?.message ?? 'is not a policy'}`, {
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
