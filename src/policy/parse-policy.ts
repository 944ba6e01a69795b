import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { withCueFiles, type ReadCueFile } from './cue-source.ts';
import { definePolicy } from './define-policy.ts';
import type { Policy } from './policy.ts';
import { refuseBySchema } from '#core/json/schema-refusal';
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
  return refuseBySchema('POLICY_INVALID', 'policy', validate.errors ?? [], document, whereIs);
}
