import { createPublicKey, X509Certificate } from 'node:crypto';
import { isObject, type JsonObject } from './json-tree.ts';
import type { Json } from '../sigstore/json.ts';

/**
 * The keys by which a trusted root can vouch: each as a text, a certificate's with its subject.
 * Everything else in it (validity, names, addresses, an anchor's own signature) is the caller's to state.
 */
export function keysOfRoot(root: Buffer): ReadonlySet<string> {
  const keys = new Set<string>();
  visit(parse(root), (object) => {
    const raw = object['rawBytes'];
    if (typeof raw === 'string') keys.add(keyOf(Buffer.from(raw, 'base64')));
  });
  return keys;
}

/** The root without the certificates and logs that hold the key. */
export function withoutKey(root: Buffer, key: string): Buffer {
  const value = parse(root);
  const holds = (entry: Json): boolean => {
    const own = isObject(entry) ? (entry['publicKey'] ?? entry) : undefined;
    const raw = isObject(own) ? own['rawBytes'] : undefined;
    return typeof raw === 'string' && keyOf(Buffer.from(raw, 'base64')) === key;
  };
  visit(value, (object) => {
    for (const [name, list] of Object.entries(object))
      if (Array.isArray(list)) object[name] = list.filter((entry) => !holds(entry));
  });
  return Buffer.from(JSON.stringify(value));
}

function keyOf(der: Buffer): string {
  try {
    const { publicKey, subject } = new X509Certificate(der);
    return `${subject} ${publicKey.export({ type: 'spki', format: 'der' }).toString('hex')}`;
  } catch {
    try {
      const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
      return key.export({ type: 'spki', format: 'der' }).toString('hex');
    } catch {
      return der.toString('hex');
    }
  }
}

function visit(value: Json | undefined, see: (object: JsonObject) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  if (!isObject(value)) return;
  see(value);
  for (const item of Object.values(value)) visit(item, see);
}

function parse(root: Buffer): Json {
  const value: Json = JSON.parse(root.toString('utf8'));
  return value;
}
