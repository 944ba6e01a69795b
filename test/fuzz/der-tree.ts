/** A DER value as a tree that can be changed and written again. */
export interface DerNode {
  tag: number;
  /** Of a constructed value. */
  children?: DerNode[];
  /** Of a primitive one. */
  value?: Buffer;
}

/** The one value in these bytes, strictly DER as far as tags and lengths go; undefined where it is not. */
export function parseDerTree(bytes: Uint8Array): DerNode | undefined {
  const nodes = parseAll(Buffer.from(bytes), 0);
  return nodes?.length === 1 ? nodes[0] : undefined;
}

/** One element, its own elements unread. */
export interface DerElement {
  readonly tag: number;
  readonly value: Buffer;
  readonly encoded: Buffer;
}

/** The elements that these bytes are made of; undefined where they are not strict DER. */
export function derElements(bytes: Buffer): DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.end > bytes.length) return undefined;
    const { tag, start, end } = header;
    elements.push({ tag, value: bytes.subarray(start, end), encoded: bytes.subarray(at, end) });
    at = end;
  }
  return elements;
}

function parseAll(bytes: Buffer, depth: number): DerNode[] | undefined {
  if (depth > 32) return undefined;
  const nodes: DerNode[] = [];
  const elements = derElements(bytes);
  if (elements === undefined) return undefined;
  for (const { tag, value } of elements) {
    if ((tag & 0x20) === 0) {
      nodes.push({ tag, value });
    } else {
      const children = parseAll(value, depth + 1);
      if (children === undefined) return undefined;
      nodes.push({ tag, children });
    }
  }
  return nodes;
}

function readHeader(bytes: Buffer, at: number): { tag: number; start: number; end: number } | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + 2 + count > bytes.length) return undefined;
  const length = bytes.readUIntBE(at + 2, count);
  if (length < 0x80 || (count > 1 && length < 2 ** (8 * (count - 1)))) return undefined;
  return { tag, start: at + 2 + count, end: at + 2 + count + length };
}

export function encodeDerTree(node: DerNode): Buffer {
  const value = node.value ?? Buffer.concat((node.children ?? []).map(encodeDerTree));
  return Buffer.concat([Buffer.from([node.tag]), encodeLength(value.length), value]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const count = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const octets = Buffer.alloc(1 + count);
  octets[0] = 0x80 | count;
  octets.writeUIntBE(length, 1, count);
  return octets;
}

/** All nodes below and including this one. */
export function derNodes(node: DerNode): DerNode[] {
  return [node, ...(node.children ?? []).flatMap(derNodes)];
}
