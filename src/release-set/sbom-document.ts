import { sha256Hex } from '#core/bytes/digest';
import type { ReasonCode } from '#core/errors/codes';
import { refuse } from '#core/errors/error';
import type { DigestSet } from '#core/in-toto-attestation/types';
import { canonicalize } from '#core/json/canonical';
import {
  arrayAt,
  at,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  type Where,
} from '#core/json/shape';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { parseSbom } from '#core/sbom/sbom';
import type { ReleaseSbom, SbomSubject } from './release-file.ts';
import { unreadSbom } from './unread-sbom.ts';

const CODE: ReasonCode = 'SBOM_INVALID';
const TOP: Where = { code: CODE, path: '' };
/** Names of algorithms in CycloneDX and SPDX. */
const ALGORITHMS: ReadonlyMap<string, 'sha256' | 'sha512'> = new Map([
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
  ['SHA256', 'sha256'],
  ['SHA512', 'sha512'],
  ['sha256', 'sha256'],
  ['sha512', 'sha512'],
]);

/** Whether a document is CycloneDX or SPDX in JSON, by its content. */
export function isSbomDocument(value: JsonValue): value is JsonObject {
  if (!isObject(value)) return false;
  if (Object.hasOwn(value, 'bomFormat') || Object.hasOwn(value, 'spdxVersion')) return true;
  const context = member(value, '@context');
  const contexts = isArray(context) ? context : [context];
  return contexts.some((one) => typeof one === 'string' && one.startsWith('https://spdx.org/rdf/3'));
}

/**
 * Reads a bill of materials that stands as a file, and what it says that it is about: CycloneDX's
 * `metadata.component`, what SPDX's document describes.
 * @throws SBOM_INVALID, SBOM_FORMAT_UNSUPPORTED (SPDX 3, whose subjects are not read)
 */
export function parseSbomDocument(document: JsonObject): ReleaseSbom {
  const isCycloneDx = Object.hasOwn(document, 'bomFormat');
  parseSbom({
    predicateType: isCycloneDx ? 'https://cyclonedx.org/bom' : 'https://spdx.dev/Document',
    predicate: document,
  });
  const canonicalDigest = sha256Hex(canonicalize(document));
  if (isCycloneDx) return { subjects: cycloneDxSubjects(document), canonicalDigest };
  if (Object.hasOwn(document, '@graph')) {
    const { code, message, ...detail } = unreadSbom('SPDX 3');
    return refuse(code, message, detail);
  }
  return { subjects: spdxSubjects(document), canonicalDigest };
}

function cycloneDxSubjects(document: JsonObject): readonly SbomSubject[] {
  const inMetadata = at(TOP, 'metadata');
  const metadata = optionalObjectOf(member(document, 'metadata'), inMetadata) ?? {};
  const where = at(inMetadata, 'component');
  const component = optionalObjectOf(member(metadata, 'component'), where);
  if (component === undefined) return [];
  const digests = digestsAt(component, 'hashes', ['alg', 'content'], where);
  return subjectOf(where.path, optionalStringAt(component, 'name', where), digests);
}

function spdxSubjects(document: JsonObject): readonly SbomSubject[] {
  const described = describedIds(document);
  return ['packages', 'files'].flatMap((key) =>
    arrayAt(document, key, TOP).flatMap((value, index) => {
      const where = at(at(TOP, key), index);
      const element = objectOf(value, where);
      const id = optionalStringAt(element, 'SPDXID', where);
      if (id === undefined || !described.has(id)) return [];
      const digests = digestsAt(element, 'checksums', ['algorithm', 'checksumValue'], where);
      const name = key === 'packages' ? 'packageFileName' : 'fileName';
      return subjectOf(where.path, optionalStringAt(element, name, where), digests);
    }),
  );
}

/** `documentDescribes`, and relationships DESCRIBES of the document. */
function describedIds(document: JsonObject): ReadonlySet<string> {
  const listed = member(document, 'documentDescribes');
  const ids = new Set<string>();
  if (isArray(listed)) for (const id of listed) if (typeof id === 'string') ids.add(id);
  for (const [index, value] of arrayAt(document, 'relationships', TOP).entries()) {
    const where = at(at(TOP, 'relationships'), index);
    const relationship = objectOf(value, where);
    const isDescribes = stringAt(relationship, 'relationshipType', where) === 'DESCRIBES';
    if (isDescribes && stringAt(relationship, 'spdxElementId', where) === 'SPDXRef-DOCUMENT')
      ids.add(stringAt(relationship, 'relatedSpdxElement', where));
  }
  return ids;
}

function digestsAt(
  object: JsonObject,
  key: string,
  [algorithmKey, valueKey]: readonly [string, string],
  where: Where,
): DigestSet {
  const digests: Record<string, string> = {};
  for (const [index, value] of arrayAt(object, key, where).entries()) {
    const inHash = at(at(where, key), index);
    const hash = objectOf(value, inHash);
    const algorithm = ALGORITHMS.get(stringAt(hash, algorithmKey, inHash));
    const digest = stringAt(hash, valueKey, inHash).toLowerCase();
    if (algorithm === undefined) continue;
    if (!/^[0-9a-f]+$/.test(digest) || digest.length !== (algorithm === 'sha256' ? 64 : 128)) {
      refuse(CODE, `${inHash.path} is not a ${algorithm} digest`, {
        path: inHash.path,
        found: JSON.stringify(digest.slice(0, 140)),
      });
    }
    digests[algorithm] = digest;
  }
  return digests;
}

function subjectOf(path: string, name: string | undefined, digests: DigestSet): readonly SbomSubject[] {
  return Object.keys(digests).length === 0 ? [] : [{ path, name, digests }];
}
