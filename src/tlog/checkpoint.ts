import { fromBase64 } from '#core/bytes/base64';
import { digest, equalBytes } from '#core/bytes/digest';
import { toHex } from '#core/bytes/hex';
import type { PublicKey } from '#core/crypto/public-key';
import { verifyPayload } from '#core/crypto/signature';
import { EdgesealError, refuse } from '#core/errors/error';
import { limits } from '#core/limits';

/**
 * A log's signed statement of its size and root.
 * @see https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** The note's text, final newline included: what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four octets. */
  readonly keyHint: Uint8Array;
  readonly signature: Uint8Array;
}

/** A key's name has neither white space nor a plus sign. */
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) (\S+)$/;
// oxlint-disable-next-line no-control-regex -- signed-note forbids them
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/**
 * Reads a checkpoint.
 * @throws CHECKPOINT_INVALID
 */
export function parseCheckpoint(note: string, path: string): Checkpoint {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return invalid('a text, an empty line and signatures', path);
  if (CONTROL.test(note)) invalid('no control character', path);
  const text = note.slice(0, split + 1);
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n');
  if (more.includes('')) invalid('no empty line before the signatures', path);
  if (origin === '' || /^\d+$/.test(origin)) invalid('an origin on its first line', path, origin);
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size)))
    invalid('a tree size on its second line', path, size);
  const rootHash = decode(root, path);
  if (rootHash.length !== 32) invalid('a root hash of 32 octets on its third line', path, root);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > limits.checkpointSignatures)
    invalid(`at most ${limits.checkpointSignatures} signatures`, path);
  return {
    origin,
    size: Number(size),
    rootHash,
    text,
    signatures: lines.map((line) => readSignature(line, path)),
  };
}

/**
 * Checks that the log signed the checkpoint. Other signatures (witnesses) are not looked at. An Ed25519 key that is
 * known by the id of its note key speaks under the one name that this id is of.
 * @param keyHint the first four octets of the log's id
 * @throws CHECKPOINT_UNTRUSTED
 */
export function verifyCheckpoint(
  checkpoint: Checkpoint,
  key: PublicKey,
  keyHint: Uint8Array,
  path: string,
): void {
  const data = Buffer.from(checkpoint.text, 'utf8');
  for (const { name, keyHint: hint, signature } of checkpoint.signatures) {
    // Rekor v1 writes "<name> - <tree id>" as origin, Rekor v2 the name itself.
    const isOrigin = checkpoint.origin === name || checkpoint.origin.startsWith(`${name} - `);
    if (!isOrigin || !equalBytes(hint, keyHint) || !isNamed(name, key, keyHint)) continue;
    if (verifyPayload(key, data, signature)) return;
  }
  refuse('CHECKPOINT_UNTRUSTED', 'a checkpoint is not signed by its log', {
    path,
    expected: `a signature by ${JSON.stringify(checkpoint.origin.slice(0, 200))} with key ${Buffer.from(keyHint).toString('hex')}`,
    found: checkpoint.signatures
      .slice(0, 5)
      .map(
        (s) => `${JSON.stringify(s.name.slice(0, 100))} with key ${Buffer.from(s.keyHint).toString('hex')}`,
      )
      .join(', '),
  });
}

/** Ed25519 in C2SP signed-note. */
const ED25519 = Buffer.from([0x0a, 0x01]);

/** Rekor v1 takes the hash of the key, whatever its kind, and no name. */
function isNamed(name: string, { algorithm, bits, digest: spki }: PublicKey, keyHint: Uint8Array): boolean {
  if (algorithm !== 'ed25519' || spki.startsWith(toHex(keyHint))) return true;
  const id = digest('sha256', Buffer.concat([Buffer.from(name), ED25519, bits]));
  return equalBytes(id.subarray(0, keyHint.length), keyHint);
}

function readSignature(line: string, path: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined)
    return invalid('signature lines as C2SP signed-note has them', path, line);
  const bytes = decode(encoded, path);
  if (bytes.length < 5) invalid('a key hint and a signature', path, encoded);
  return { name, keyHint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function decode(text: string, path: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return invalid('base64', path, text);
  }
}

function invalid(expected: string, path: string, found?: string): never {
  return refuse('CHECKPOINT_INVALID', 'a checkpoint is malformed', {
    path,
    expected,
    found: found === undefined ? undefined : JSON.stringify(found.slice(0, 100)),
  });
}
