import { createPublicKey, X509Certificate } from 'node:crypto';
import { isObject, type JsonObject } from './json-tree.ts';
import type { Json } from '../sigstore/json.ts';

/**
 * The keys by which a trusted root can vouch, each as hex of its SubjectPublicKeyInfo. Everything else in it (validity,
 * names, addresses, an anchor's own issuer and signature) is the caller's to state.
 */
export function keysOfRoot(root: Buffer): ReadonlySet<string> {
  return new Set(rawsOf(root).map(keyOf));
}

/** Whether the key stands in the root still, be it in a certificate that is otherwise not what it was. */
export function holdsKey(root: Buffer, key: string): boolean {
  return rawsOf(root).some((der) => der.toString('hex').includes(key));
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
  const key = isCertificate(der)
    ? new X509Certificate(der).publicKey
    : createPublicKey({ key: der, type: 'spki', format: 'der' });
  return key.export({ type: 'spki', format: 'der' }).toString('hex');
}

/** A certificate is a sequence that begins with a sequence that begins with its version; a key has an algorithm there. */
function isCertificate(der: Buffer): boolean {
  return der.subarray(0, 16).includes(Buffer.from('a003020102', 'hex'));
}

function rawsOf(root: Buffer): readonly Buffer[] {
  const raws: Buffer[] = [];
  visit(parse(root), (object) => {
    const raw = object['rawBytes'];
    if (typeof raw === 'string') raws.push(Buffer.from(raw, 'base64'));
  });
  return raws;
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
