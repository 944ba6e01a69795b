import { sha256Hex } from '#core/bytes/digest';
import { decodeUtf8 } from '#core/bytes/utf8';
import { parseEnvelope } from '#core/dsse/envelope';
import { EdgesealError, reasonOf, refuse } from '#core/errors/error';
import { parseJson } from '#core/json/parse';
import { canonicalize } from '#core/json/canonical';
import { isArray, isObject, member, type JsonObject, type JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import type { EvidenceItem } from './evidence.ts';
import { parseBundle } from './parse-bundle.ts';

/**
 * Reads an evidence file, by its content and never by its name: a Sigstore bundle, a DSSE envelope, npm's
 * `{ "attestations": [{ "bundle" }] }`, an array of these, or JSON lines of them. An item that cannot be read
 * becomes a refused item and does not hide the others.
 * @param name the file's name, for reasons
 * @throws EVIDENCE_EMPTY, EVIDENCE_TOO_MANY, INPUT_TOO_LARGE, UTF8_INVALID
 */
export function parseEvidence(bytes: Uint8Array, name: string): readonly EvidenceItem[] {
  if (bytes.length > limits.evidenceFile) {
    refuse('INPUT_TOO_LARGE', `${name} is too large`, {
      expected: `at most ${limits.evidenceFile} octets`,
      found: `${bytes.length} octets`,
    });
  }
  const text = decodeUtf8(bytes, name);
  if (isOneLine(text)) return readItems(text, name, bytes);
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '');
  if (filled.length === 0)
    refuse('EVIDENCE_EMPTY', `${name} is empty`, { expected: 'a Sigstore bundle or a DSSE envelope' });
  if (isJsonLines(filled, text)) {
    if (filled.length > limits.evidenceItems) tooMany(name, filled.length);
    const items = filled.flatMap(({ line, number }) => readLine(line, `${name}:${number}`));
    if (items.length > limits.evidenceItems) tooMany(name, items.length);
    return items;
  }
  return readItems(text, name, bytes);
}

/** The common case, a bundle on one line, told without cutting the text up. */
function isOneLine(text: string): boolean {
  const end = text.indexOf('\n');
  return text.startsWith('{') && (end < 0 || end === text.length - 1);
}

/** Whether each line stands for itself: the first does, or some do and the text as a whole is no document. */
function isJsonLines(lines: readonly { readonly line: string }[], text: string): boolean {
  const [first] = lines;
  if (first === undefined || lines.length < 2) return false;
  if (isWhole(first.line)) return true;
  return !first.line.startsWith('[') && lines.some(({ line }) => isWhole(line)) && !isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a line is a JSON document by itself. */
function isWhole(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}') && line.length > 2;
}

/** A line that holds nothing does not hide the others. */
function readLine(line: string, source: string): readonly EvidenceItem[] {
  try {
    return readItems(line, source);
  } catch (error) {
    return [refused(line, source, error)];
  }
}

function readItems(text: string, source: string, bytes: Uint8Array | string = text): readonly EvidenceItem[] {
  let value: JsonValue;
  try {
    value = parseJson(text, source);
  } catch (error) {
    return [refused(bytes, source, error)];
  }
  const list = itemsOf(value);
  if (list === undefined) return [readItem(value, bytes, source)];
  if (list.length === 0)
    refuse('EVIDENCE_EMPTY', `${source} holds no attestation`, { expected: 'at least one' });
  if (list.length > limits.evidenceItems) tooMany(source, list.length);
  return list.map((item, index) => readItem(item, canonicalize(item), `${source}#${index + 1}`));
}

/** The items of an array or of npm's attestations; undefined where the value is an item itself. */
function itemsOf(value: JsonValue): readonly JsonValue[] | undefined {
  if (isArray(value)) return value;
  const attestations = isObject(value) ? member(value, 'attestations') : undefined;
  if (!isArray(attestations)) return undefined;
  return attestations.map((attestation) =>
    isObject(attestation) ? (member(attestation, 'bundle') ?? null) : attestation,
  );
}

function readItem(value: JsonValue, bytes: Uint8Array | string, source: string): EvidenceItem {
  try {
    if (bytes.length > limits.evidenceItem) {
      refuse('INPUT_TOO_LARGE', `${source} is too large`, {
        expected: `at most ${limits.evidenceItem} octets`,
      });
    }
    const digest = sha256Hex(bytes);
    if (isBundle(value))
      return {
        kind: 'evidence',
        evidence: { digest, source, format: 'bundle', bytes, ...parseBundle(value) },
      };
    if (isObject(value) && Object.hasOwn(value, 'payload')) {
      const envelope = parseEnvelope(value, '', 'raw');
      return {
        kind: 'evidence',
        evidence: {
          digest,
          source,
          format: 'envelope',
          bytes,
          content: { kind: 'dsse', envelope },
          material: { kind: 'envelope' },
          logEntries: [],
          timestamps: [],
        },
      };
    }
    return refuse('EVIDENCE_UNRECOGNISED', `${source} is neither a Sigstore bundle nor a DSSE envelope`, {
      expected: 'an object with "mediaType" and "verificationMaterial", or with "payload" and "signatures"',
      found: isObject(value)
        ? `an object with ${
            Object.keys(value)
              .slice(0, 5)
              .map((key) => JSON.stringify(key.slice(0, 40)))
              .join(', ') || 'no member'
          }`
        : 'another value',
    });
  } catch (error) {
    return refused(bytes, source, error);
  }
}

function isBundle(value: JsonValue): value is JsonObject {
  return (
    isObject(value) && (Object.hasOwn(value, 'verificationMaterial') || Object.hasOwn(value, 'mediaType'))
  );
}

function refused(bytes: Uint8Array | string, source: string, error: unknown): EvidenceItem {
  if (!(error instanceof EdgesealError)) throw error;
  return { kind: 'refused', digest: sha256Hex(bytes), source, reason: reasonOf(error) };
}

function tooMany(name: string, count: number): never {
  return refuse('EVIDENCE_TOO_MANY', `${name} holds too many attestations`, {
    expected: `at most ${limits.evidenceItems}`,
    found: String(count),
  });
}
