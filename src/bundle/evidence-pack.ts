import { fromBase64, toBase64 } from '#core/bytes/base64';
import { sha256Hex } from '#core/bytes/digest';
import { EdgesealError, refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  noOtherKeys,
  objectAt,
  objectOf,
  optionalStringAt,
  stringAt,
  stringOf,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';

const EVIDENCE_PACK_MEDIA_TYPE = 'application/vnd.edgeseal.evidence-pack.v1+json';

/** A file as it was, byte for byte. */
export interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * All that a machine without a network needs to verify: digests of the artifacts, their evidence, and what the
 * packer believed. It is not signed: whoever reads it trusts it as far as the way on which it came.
 * @see docs/evidence-pack.md
 */
export interface EvidencePack {
  readonly artifacts: readonly PackedArtifact[];
  readonly evidence: readonly PackedFile[];
  readonly images: readonly PackedImage[];
  readonly trustedRoot: PackedFile | undefined;
  /** PEM public keys. */
  readonly keys: readonly PackedFile[];
  /** JSON policies, all of which must hold. */
  readonly policies: readonly PackedFile[];
}

export interface PackedArtifact {
  readonly name: string;
  /** Algorithm to lower-case hex. */
  readonly digests: Readonly<Record<string, string>>;
}

/** An image with what is attached to it. */
export interface PackedImage {
  /** As the packer named it, without the digest. */
  readonly name: string;
  /** Of the manifest or index that the name meant, as `sha256:HEX`. */
  readonly digest: string;
  /** The platform whose image is meant, where it is an index. */
  readonly platform: string | undefined;
  /** Files of an OCI layout: manifests and attestations, not the content of the image. */
  readonly files: readonly PackedFile[];
}

const FIELDS: ReadonlySet<string> = new Set([
  'mediaType',
  'artifacts',
  'evidence',
  'images',
  'trustedRoot',
  'keys',
  'policies',
  'sha256',
]);
const IMAGE_FIELDS: ReadonlySet<string> = new Set(['name', 'digest', 'platform', 'files']);
const FILE_FIELDS: ReadonlySet<string> = new Set(['name', 'sha256', 'bytes']);
const ARTIFACT_FIELDS: ReadonlySet<string> = new Set(['name', 'digests']);
/** Of one image: for each attestation a manifest and its content, and what holds them. */
const PACKED_FILES = 4 * limits.evidenceItems;
const DIGEST_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/**
 * The pack as canonical JSON and a line feed: the same pack is the same bytes.
 * @throws INPUT_TOO_LARGE where nobody would read it
 */
export function writeEvidencePack(pack: EvidencePack): Uint8Array {
  const document: Record<string, JsonValue> = {
    mediaType: EVIDENCE_PACK_MEDIA_TYPE,
    artifacts: pack.artifacts.map(({ name, digests }) => ({ name, digests: { ...digests } })),
    evidence: pack.evidence.map(packFile),
    images: pack.images.map(packImage),
    keys: pack.keys.map(packFile),
    policies: pack.policies.map(packFile),
  };
  if (pack.trustedRoot !== undefined) document['trustedRoot'] = packFile(pack.trustedRoot);
  const bytes = sealed(document);
  checkPackSize(bytes.length);
  return bytes;
}

/** @param octets of a pack, as far as it is known @throws INPUT_TOO_LARGE */
export function checkPackSize(octets: number): void {
  if (octets <= limits.evidenceFile) return;
  refuse('INPUT_TOO_LARGE', 'the evidence pack would be too large to be read', {
    expected: `at most ${limits.evidenceFile} octets`,
    found: `${octets} octets or more`,
    hint: 'make several packs; by --policy only attestations of the types that it asks for are packed',
  });
}

/** The document as it is written, with the digest of all that stands in it: a slip in any octet shows. */
function sealed(document: Readonly<Record<string, JsonValue>>): Uint8Array {
  const sha256 = sha256Hex(Buffer.from(canonicalize(document), 'utf8'));
  return Buffer.from(`${canonicalize({ ...document, sha256 })}\n`, 'utf8');
}

/** Whether the JSON says of itself that it is a pack. */
function isEvidencePack(document: JsonObject): boolean {
  return member(document, 'mediaType') === EVIDENCE_PACK_MEDIA_TYPE;
}

/**
 * Reads a pack; every file in it must have the digest that stands beside it, and the whole its own.
 * @throws JSON_*, UTF8_INVALID, BUNDLE_VERSION_UNSUPPORTED, BUNDLE_INVALID
 */
export function readEvidencePack(bytes: Uint8Array, name: string): EvidencePack {
  const where: Where = { code: 'BUNDLE_INVALID', path: '' };
  const object = objectOf(parseJsonBytes(bytes, name), where);
  if (!isEvidencePack(object)) {
    refuse('BUNDLE_VERSION_UNSUPPORTED', `${name} is not an evidence pack of a known version`, {
      path: 'mediaType',
      expected: EVIDENCE_PACK_MEDIA_TYPE,
      found: JSON.stringify(member(object, 'mediaType') ?? null, bigintText)?.slice(0, 200),
      hint: 'edgeseal evidence export writes one',
    });
  }
  noOtherKeys(object, FIELDS, where);
  const files = (key: string): readonly PackedFile[] =>
    arrayAt(object, key, where, limits.evidenceItems).map((item, i) =>
      unpackFile(item, at(at(where, key), i)),
    );
  const root = member(object, 'trustedRoot');
  const pack: EvidencePack = {
    artifacts: arrayAt(object, 'artifacts', where, limits.subjects).map((item, i) =>
      readArtifact(item, at(at(where, 'artifacts'), i)),
    ),
    evidence: files('evidence'),
    images: arrayAt(object, 'images', where, limits.subjects).map((item, i) =>
      unpackImage(item, at(at(where, 'images'), i)),
    ),
    trustedRoot: root === undefined ? undefined : unpackFile(root, at(where, 'trustedRoot')),
    keys: files('keys'),
    policies: files('policies'),
  };
  checkSeal(object, bytes, name);
  return pack;
}

function checkSeal(object: JsonObject, bytes: Uint8Array, name: string): void {
  const { sha256: _, ...document } = object;
  if (Buffer.compare(sealed(document), bytes) === 0) return;
  refuse('BUNDLE_INVALID', `${name} is not as it was written`, {
    path: 'sha256',
    expected: 'the canonical JSON that evidence export writes, with its digest',
    found: 'other octets',
    hint: 'export the pack again, and carry it without changing it',
  });
}

function packImage({ name, digest, platform, files }: PackedImage): JsonValue {
  const image: Record<string, JsonValue> = { name, digest, files: files.map(packFile) };
  if (platform !== undefined) image['platform'] = platform;
  return image;
}

function unpackImage(item: JsonValue, where: Where): PackedImage {
  const object = objectOf(item, where);
  noOtherKeys(object, IMAGE_FIELDS, where);
  return {
    name: stringAt(object, 'name', where),
    digest: stringAt(object, 'digest', where),
    platform: optionalStringAt(object, 'platform', where),
    files: arrayAt(object, 'files', where, PACKED_FILES).map((file, i) =>
      unpackFile(file, at(at(where, 'files'), i)),
    ),
  };
}

function packFile({ name, bytes }: PackedFile): JsonValue {
  return { name, sha256: sha256Hex(bytes), bytes: toBase64(bytes) };
}

function unpackFile(item: JsonValue, where: Where): PackedFile {
  const object = objectOf(item, where);
  noOtherKeys(object, FILE_FIELDS, where);
  const bytes = decode(stringAt(object, 'bytes', where), at(where, 'bytes'));
  const expected = stringAt(object, 'sha256', where);
  const found = sha256Hex(bytes);
  if (found !== expected) {
    refuse('BUNDLE_INVALID', 'a file in the pack is not the one that was packed', {
      path: at(where, 'sha256').path,
      expected: JSON.stringify(expected.slice(0, 100)),
      found,
      hint: 'export the pack again',
    });
  }
  return { name: stringAt(object, 'name', where), bytes };
}

function readArtifact(item: JsonValue, where: Where): PackedArtifact {
  const object = objectOf(item, where);
  noOtherKeys(object, ARTIFACT_FIELDS, where);
  const given = objectAt(object, 'digests', where);
  const here = at(where, 'digests');
  const digests = Object.entries(given).map(([algorithm, value]) => {
    const text = stringOf(value, at(here, algorithm));
    if (DIGEST_LENGTHS.get(algorithm) !== text.length || !/^[0-9a-f]+$/.test(text)) {
      refuse('BUNDLE_INVALID', 'an artifact has a digest that is none', {
        path: at(here, algorithm).path,
        expected: 'sha256, sha384 or sha512 in lower-case hexadecimal',
      });
    }
    return [algorithm, text] as const;
  });
  if (digests.length === 0) {
    refuse('BUNDLE_INVALID', 'an artifact has no digest', { path: here.path, expected: 'at least one' });
  }
  return { name: stringAt(object, 'name', where), digests: Object.fromEntries(digests) };
}

function decode(text: string, where: Where): Uint8Array {
  try {
    return fromBase64(text, where.path);
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    const { expected, found, hint } = cause.reason;
    return refuse('BUNDLE_INVALID', `${where.path} is not base64`, {
      path: where.path,
      expected,
      found,
      hint,
      cause,
    });
  }
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
