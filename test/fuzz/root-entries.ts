import { isObject, list, text, type JsonObject } from './json-tree.ts';
import type { Json } from '../sigstore/json.ts';

/** What one entry of a trusted root vouches with. */
export interface RootEntry {
  readonly list: (typeof LISTS)[number];
  readonly index: number;
  /** Of an authority: its certificates, the issuing one first. Of a log: its key, its id, the key id of its checkpoints. */
  readonly octets: readonly string[];
}

const LISTS = ['certificateAuthorities', 'timestampAuthorities', 'tlogs', 'ctlogs'] as const;

export function entriesOf(root: Buffer): readonly RootEntry[] {
  const document = parse(root);
  return LISTS.flatMap((name) =>
    list(document, name).map((entry, index) => ({ list: name, index, octets: octetsOf(entry) })),
  );
}

/**
 * Whether a root vouches by that entry still: the same octets in the same list. The format leaves two choices to who
 * writes a root: a chain may end at an intermediate, and that of a timestamp authority may leave out its signing
 * certificate, which then comes along with the timestamp.
 */
export function holds(root: Buffer, { list: name, octets }: RootEntry): boolean {
  const forms = [octets];
  if (name.endsWith('Authorities')) forms.push(...octets.map((_, count) => octets.slice(0, count + 1)));
  if (name === 'timestampAuthorities') forms.push(octets.slice(1));
  return entriesOf(root).some(
    (other) => other.list === name && forms.some((form) => String(form) === String(other.octets)),
  );
}

export function withoutEntry(root: Buffer, { list: name, index }: RootEntry): Buffer {
  const document = parse(root);
  if (isObject(document)) document[name] = list(document, name).filter((_, at) => at !== index);
  return Buffer.from(JSON.stringify(document));
}

function octetsOf(entry: Json): readonly string[] {
  const chain = list(entry, 'certChain', 'certificates').map((it) => hex(it, 'rawBytes'));
  if (chain.length > 0) return chain;
  const id = hex(entry, 'logId', 'keyId');
  const ofCheckpoints = hex(entry, 'checkpointKeyId', 'keyId');
  return [hex(entry, 'publicKey', 'rawBytes'), id, (ofCheckpoints === '' ? id : ofCheckpoints).slice(0, 8)];
}

const hex = (value: Json, ...path: readonly string[]): string =>
  Buffer.from(text(value, ...path) ?? '', 'base64').toString('hex');

function parse(root: Buffer): JsonObject {
  const value: Json = JSON.parse(root.toString('utf8'));
  return isObject(value) ? value : {};
}
