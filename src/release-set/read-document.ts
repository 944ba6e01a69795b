import { reasonOf } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { limits } from '#core/limits';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { beginsLikeChecksums, isChecksumName, parseChecksums } from './checksums.ts';
import { lastPart } from './path.ts';
import type { ReleaseDocument } from './release-file.ts';
import { unreadSbom, unreadSbomFormat } from './unread-sbom.ts';
import { isSbomDocument, parseSbomDocument } from './sbom-document.ts';

const EVIDENCE_NAME = /\.(?:intoto\.jsonl?|sigstore|sigstore\.jsonl?)$/i;
const SBOM_NAME = /(?:\.cdx|\.spdx|\.cyclonedx|\.sbom|(?:^|[._-])bom)\.json$/i;
/** Octets of the beginning that are looked at. */
export const START = 4096;
const OPENING = /^\s*[[{]/;

/**
 * Reads a file that says something about others: attestations, checksums, a bill of materials. It is told by its
 * content; a name counts only for one that cannot be read. Undefined: an artifact.
 * @param path in the release
 */
export function readDocument(path: string, bytes: Uint8Array): ReleaseDocument | undefined {
  if (bytes.length === 0) return undefined;
  const start = startOf(bytes);
  const name = lastPart(path);
  try {
    if (isChecksumName(path) || (beginsLikeChecksums(start) && bytes.length <= limits.checksumFile))
      return { kind: 'checksums', file: parseChecksums(bytes, path) };
    const isEvidence = EVIDENCE_NAME.test(name);
    if (!isEvidence && !OPENING.test(start)) {
      const format = unreadSbomFormat(name, start);
      if (format !== undefined) return { kind: 'broken', reason: unreadSbom(format) };
      if (!SBOM_NAME.test(name)) return undefined;
    }
    return (
      (isEvidence || holdsAttestations(bytes) ? readEvidence(path, bytes, isEvidence) : undefined) ??
      readSbom(path, bytes)
    );
  } catch (error) {
    return { kind: 'broken', reason: reasonOf(error) };
  }
}

/**
 * Whether a file may say something about others: those that cannot need not be kept to be read.
 * @param start its first {@link START} octets, or all of them
 */
export function mayTellOfOthers(path: string, start: Uint8Array): boolean {
  const text = startOf(start);
  const name = lastPart(path);
  return (
    isChecksumName(path) ||
    beginsLikeChecksums(text) ||
    EVIDENCE_NAME.test(name) ||
    SBOM_NAME.test(name) ||
    OPENING.test(text) ||
    unreadSbomFormat(name, text) !== undefined
  );
}

/** A character an octet. */
function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, START)).toString('latin1');
}

/** Words that every bundle or envelope has, whatever else the document is. */
function holdsAttestations(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.includes('"payloadType"') || buffer.includes('"verificationMaterial"');
}

function readEvidence(path: string, bytes: Uint8Array, isCalledSo: boolean): ReleaseDocument | undefined {
  const items = parseEvidence(bytes, path);
  const isOne = isCalledSo || items.some(({ kind }) => kind === 'evidence');
  return isOne ? { kind: 'evidence', items } : undefined;
}

/** A JSON document that is no bill of materials is an artifact like any other. */
function readSbom(path: string, bytes: Uint8Array): ReleaseDocument | undefined {
  const isCalledSo = SBOM_NAME.test(lastPart(path));
  try {
    const document = parseJsonBytes(bytes, path);
    if (isSbomDocument(document)) return { kind: 'sbom', sbom: parseSbomDocument(document) };
    if (!isCalledSo) return undefined;
    return {
      kind: 'broken',
      reason: {
        code: 'SBOM_INVALID',
        message: 'it is called a bill of materials and is none',
        expected: 'CycloneDX or SPDX, as JSON',
      },
    };
  } catch (error) {
    const reason = reasonOf(error);
    const isSbom = reason.code === 'SBOM_INVALID' || reason.code === 'SBOM_FORMAT_UNSUPPORTED';
    if (!isCalledSo && !isSbom) return undefined;
    return { kind: 'broken', reason };
  }
}
