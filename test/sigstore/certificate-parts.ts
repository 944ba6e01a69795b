import { EdgesealError } from '#core/errors/error';
import * as write from '../../release/local/der.ts';
import { signatureAlgorithm } from '../../release/local/signing-key.ts';
import { makeKey } from './keys.ts';
import { nameDer } from '../../release/local/x509.ts';

export function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof EdgesealError) return error.code;
    throw error;
  }
}

const key = makeKey('p256', 'certificate-test');
export const name = nameDer({ commonName: 'ca' });

export interface Parts {
  readonly version?: Buffer;
  readonly serial?: Buffer;
  readonly algorithm?: Buffer;
  readonly outerAlgorithm?: Buffer;
  readonly issuer?: Buffer;
  readonly validity?: Buffer;
  readonly spki?: Buffer;
  readonly unique?: Buffer;
  readonly extensions?: Buffer;
  readonly signature?: Buffer;
  readonly more?: Buffer;
}

export const time = (text: string): Buffer => write.tlv(text.length > 13 ? 0x18 : 0x17, Buffer.from(text));
export const extension = (oid: string, value: Uint8Array, critical?: Buffer): Buffer =>
  write.sequence(write.oid(oid), ...(critical === undefined ? [] : [critical]), write.octetString(value));
const oneExtension = write.context(3, write.sequence(extension('1.2.3', write.nullValue())));

export function certificate(parts: Parts = {}): Buffer {
  const algorithm = parts.algorithm ?? signatureAlgorithm('p256', 'sha256');
  const tbs = write.sequence(
    parts.version ?? write.context(0, write.integer(2)),
    parts.serial ?? write.integer(1),
    algorithm,
    parts.issuer ?? name,
    parts.validity ?? write.sequence(time('260115100000Z'), time('260115101000Z')),
    name,
    parts.spki ?? key.spki,
    ...(parts.unique === undefined ? [] : [parts.unique]),
    parts.extensions ?? oneExtension,
  );
  return write.sequence(
    tbs,
    parts.outerAlgorithm ?? algorithm,
    parts.signature ?? write.bitString(key.sign(tbs)),
    ...(parts.more === undefined ? [] : [parts.more]),
  );
}
