import { sha256Hex } from '#core/bytes/digest';
import { decodeUtf8 } from '#core/bytes/utf8';
import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { refuseBySchema } from '#core/json/schema-refusal';
import type { Locate } from '#core/policy/site';
import type { DescriptionDocument } from './document.ts';
import { checkPinned } from './pinned.ts';
import { Site } from './site.ts';

/** A description that its schema accepts, and where its parts stand. */
export interface Description {
  readonly document: DescriptionDocument;
  /** Of its bytes, lower-case hex. */
  readonly sha256: string;
  /** The top of it. */
  readonly site: Site;
}

/**
 * Reads a release description: strict JSON, then digests, then release/release.schema.json. What no schema can say
 * is checked where the plan is made.
 * @param name the file's name, for positions
 * @throws UTF8_INVALID, JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_TOO_DEEP, RELEASE_INPUT_UNPINNED,
 * RELEASE_DESCRIPTION_INVALID
 */
export async function parseDescription(bytes: Uint8Array, name: string): Promise<Description> {
  const text = decodeUtf8(bytes, name);
  const document = parseJson(text, name);
  const whereIs: Locate = (path) => ({ file: name, ...locate(text, path) });
  const site = new Site(whereIs);
  checkPinned(document, site);
  const { loadSchemaCheck } = await import('./schema-check.ts');
  const validate = await loadSchemaCheck();
  if (validate(document)) return { document, sha256: sha256Hex(bytes), site };
  return refuseBySchema(
    'RELEASE_DESCRIPTION_INVALID',
    'description',
    validate.errors ?? [],
    document,
    whereIs,
  );
}
