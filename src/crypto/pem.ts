import { fromBase64 } from '#core/bytes/base64';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';

/** A textual encoding of RFC 7468. */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

const PEM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/;
const END = /(?<=-----END [A-Z0-9 ]+-----)\r?\n/;

/**
 * The one PEM block of a file.
 * @param name the file's name, for messages
 * @throws KEY_INVALID
 */
export function readPem(bytes: Uint8Array, name: string): PemBlock {
  try {
    return readBlock(decodeUtf8(bytes, name), name);
  } catch (cause) {
    if (!(cause instanceof EdgesealError) || cause.code === 'KEY_INVALID') throw cause;
    return refuse('KEY_INVALID', `${name} is not PEM`, {
      expected: 'one PEM block',
      found: cause.message,
      cause,
    });
  }
}

/**
 * The PEM blocks of a text, at least one, with nothing between them.
 * @throws KEY_INVALID, BASE64_INVALID
 */
export function readPemBlocks(text: string, name: string): readonly PemBlock[] {
  return text
    .trim()
    .split(END)
    .map((block) => readBlock(block, name));
}

function readBlock(text: string, name: string): PemBlock {
  const [, label, body] = PEM.exec(text) ?? [];
  if (label !== undefined && body !== undefined) {
    return { label, der: fromBase64(body.replaceAll(/[\r\n]/g, '')) };
  }
  return refuse('KEY_INVALID', `${name} is not PEM`, {
    expected: 'PEM blocks and nothing else (-----BEGIN PUBLIC KEY-----)',
  });
}

/** One block as OpenSSL writes it: lines of 64 characters. */
export function writePem({ label, der }: PemBlock): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
