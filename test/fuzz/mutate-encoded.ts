import { base64, type Json } from '../sigstore/json.ts';
import { derNodes, encodeDerTree, parseDerTree, type DerNode } from './der-tree.ts';
import { ecdsaTwin } from './ecdsa-twin.ts';
import { get, paths, role, set, text, type Path } from './json-tree.ts';
import { changeOctets } from './mutate-octets.ts';
import { base64Paths, changeItem, pathsIn, type Mutation } from './mutation.ts';
import type { Random } from './random.ts';

/** Changes the decoded bytes of one base64 member that fits. */
const decoded =
  (
    fits: RegExp,
    change: (bytes: Buffer, random: Random) => { readonly bytes: Buffer; readonly note: string } | undefined,
  ): Mutation =>
  (target, random) =>
    changeItem(target, random, (item) => {
      const places = base64Paths(item).filter((path) => fits.test(role(path)));
      if (places.length === 0) return undefined;
      const path = random.pick(places);
      const changed = change(Buffer.from(text(item, ...path) ?? '', 'base64'), random);
      if (changed === undefined) return undefined;
      set(item, path, base64(changed.bytes));
      return `${path.join('.')}: ${changed.note}`;
    });

const certificate = /rawBytes$/;
const signed = /signedTimestamp$/;
const signature = /(?:\.sig|signature|signedEntryTimestamp)$/;
const body = /canonicalizedBody$/;
const payload = /payload$/;
const proof = /(?:rootHash|hashes|keyId)$/;

/** Changes the tree of a DER value and writes all lengths anew. */
export function changeDer(bytes: Buffer, random: Random): { bytes: Buffer; note: string } | undefined {
  const root = parseDerTree(bytes);
  if (root === undefined) return undefined;
  const nodes = derNodes(root);
  const node = random.pick(nodes);
  const parents = nodes.filter((it) => (it.children?.length ?? 0) > 0);
  const parent = random.pick(parents);
  const children = parent.children ?? [];
  const index = random.below(children.length);
  const child = children[index] ?? node;
  let note: string;
  switch (random.below(7)) {
    case 0:
      children.splice(index, 1);
      note = 'remove a DER element';
      break;
    case 1:
      children.splice(index, 0, child);
      note = 'repeat a DER element';
      break;
    case 2:
      children.reverse();
      note = 'reverse DER elements';
      break;
    case 3:
      node.tag ^= 1 << random.below(8);
      note = 'change a DER tag';
      break;
    case 4:
      children.push({ tag: 0x05, value: Buffer.alloc(0) });
      note = 'append a NULL';
      break;
    case 5: {
      const other = random.pick(nodes);
      replace(node, structuredClone(other));
      note = 'copy a DER element over another';
      break;
    }
    default:
      if (node.value === undefined) return undefined;
      replace(node, { tag: node.tag, value: changeOctets(node.value, random).bytes });
      note = 'change a DER value';
  }
  return { bytes: encodeDerTree(root), note };
}

function replace(node: DerNode, next: DerNode): void {
  node.tag = next.tag;
  Reflect.deleteProperty(node, 'children');
  Reflect.deleteProperty(node, 'value');
  if (next.children !== undefined)
    node.children = next.children.map((it) => ({ ...it, ...(it.value && { value: Buffer.from(it.value) }) }));
  if (next.value !== undefined) node.value = Buffer.from(next.value);
}

/** Lengths in more octets than needed: BER, not DER. */
function toBer(bytes: Buffer): { bytes: Buffer; note: string } | undefined {
  const [tag, first] = [bytes[0], bytes[1]];
  if (tag === undefined || first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 2 || bytes.length < 2 + count) return undefined;
  const length = count === 0 ? first : bytes.readUIntBE(2, count);
  const octets = Buffer.alloc(4);
  octets[0] = 0x83;
  octets.writeUIntBE(length, 1, 3);
  return {
    bytes: Buffer.concat([Buffer.from([tag]), octets, bytes.subarray(2 + count)]),
    note: 'length in three octets',
  };
}

function trailing(bytes: Buffer, random: Random): { bytes: Buffer; note: string } {
  return { bytes: Buffer.concat([bytes, random.bytes(1 + random.below(4))]), note: 'trailing octets' };
}

/** Changes JSON that is inside base64: the log's body, the payload. */
export function changeInnerJson(bytes: Buffer, random: Random): { bytes: Buffer; note: string } | undefined {
  const value = parseJson(bytes);
  if (value === undefined) return undefined;
  const all = paths(value);
  if (all.length === 0) return undefined;
  const path: Path = random.pick(all);
  const inner = get(value, ...path);
  const next =
    typeof inner === 'string' && inner.length > 0
      ? `${inner.slice(0, -1)}${random.pick(['0', 'A', ''])}`
      : random.pick<Json>([null, 'x', 0]);
  set(value, path, next);
  return { bytes: Buffer.from(JSON.stringify(value)), note: `inner ${path.join('.')}` };
}

function parseJson(bytes: Buffer): Json | undefined {
  try {
    const value: Json = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}

export const encodedMutations: Readonly<Record<string, Mutation>> = {
  'payload: octets': decoded(payload, changeOctets),
  'payload: json': decoded(payload, changeInnerJson),
  'signature: octets': decoded(signature, changeOctets),
  'signature: der': decoded(signature, changeDer),
  'signature: twin': decoded(signature, (bytes) => {
    const twin = ecdsaTwin(bytes);
    return twin === undefined ? undefined : { bytes: twin, note: 's becomes n - s' };
  }),
  'certificate: octets': decoded(certificate, changeOctets),
  'certificate: der': decoded(certificate, changeDer),
  'certificate: ber': decoded(certificate, toBer),
  'certificate: trailing': decoded(certificate, trailing),
  'body: octets': decoded(body, changeOctets),
  'body: json': decoded(body, changeInnerJson),
  'proof: octets': decoded(proof, changeOctets),
  'timestamp: octets': decoded(signed, changeOctets),
  'timestamp: der': decoded(signed, changeDer),
  'timestamp: ber': decoded(signed, toBer),
  'timestamp: trailing': decoded(signed, trailing),
  'base64: spelling': (target, random) =>
    changeItem(target, random, (item) => {
      const places = base64Paths(item);
      if (places.length === 0) return undefined;
      const path = random.pick(places);
      const value = text(item, ...path) ?? '';
      const next = random.pick([
        value.replaceAll('+', '-').replaceAll('/', '_'),
        value.replace(/=+$/, ''),
        `${value}=`,
        `${value}\n`,
        ` ${value}`,
        value.replace(/.(=*)$/, (_, pad: string) => `${random.pick(['B', 'Q', 'f'])}${pad}`),
      ]);
      set(item, path, next);
      return `${path.join('.')}: ${JSON.stringify(next.slice(-8))}`;
    }),
  'checkpoint: text': (target, random) =>
    changeItem(target, random, (item) => {
      const notes = pathsIn(item).filter((path) => role(path).endsWith('checkpoint.envelope'));
      if (notes.length === 0) return undefined;
      const path = random.pick(notes);
      const { note, what } = changeNote(text(item, ...path) ?? '', random);
      set(item, path, note);
      return `${path.join('.')}: ${what}`;
    }),
};

function changeNote(note: string, random: Random): { note: string; what: string } {
  const lines = note.split('\n');
  const index = random.below(lines.length);
  const line = lines[index] ?? '';
  const all = (next: readonly string[]): string => next.join('\n');
  switch (random.below(7)) {
    case 0:
      return { note: all(lines.toSpliced(index, 1)), what: `remove line ${index}` };
    case 1:
      return { note: all(lines.toSpliced(index, 0, line)), what: `repeat line ${index}` };
    case 2:
      return { note: all(random.shuffle(lines)), what: 'shuffle lines' };
    case 3:
      return {
        note: all(lines.toSpliced(index, 0, random.pick(['', 'x', '\u2014 x AAAAAAA=']))),
        what: `insert before line ${index}`,
      };
    case 4:
      return {
        note: all(lines.toSpliced(index, 1, `${line}${random.pick([' ', '\r', '0', '='])}`)),
        what: `append to line ${index}`,
      };
    case 5:
      return { note: note.replaceAll('\n', '\r\n'), what: 'carriage returns' };
    default: {
      const changed = changeOctets(Buffer.from(note), random);
      return { note: changed.bytes.toString('utf8'), what: changed.note };
    }
  }
}
