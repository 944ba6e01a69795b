import { digest } from '#core/bytes/digest';
import type { SigningKey } from './signing-key.ts';

/**
 * Who signs a note (C2SP signed-note).
 * @see https://c2sp.org/tlog-checkpoint
 */
export interface NoteSigner {
  /** The name on the signature line. */
  readonly name: string;
  /** Four octets. */
  readonly keyHint: Uint8Array;
  sign(note: Uint8Array): Uint8Array;
}

/** Rekor v1: any key, its hint is the start of the SHA-256 of its SPKI. */
export function rekorV1Signer(name: string, key: SigningKey): NoteSigner {
  return { name, keyHint: digest('sha256', key.spki).subarray(0, 4), sign: (note) => key.sign(note) };
}

/** The id of an Ed25519 note key (C2SP signed-note): all 32 octets; the hint is the first four. */
export function ed25519NoteKeyId(name: string, key: Pick<SigningKey, 'spki'>, algorithm = 0x01): Buffer {
  const id = [Buffer.from(`${name}\n`), Buffer.from([algorithm]), key.spki.subarray(-32)];
  return digest('sha256', Buffer.concat(id));
}

/** Rekor v2: Ed25519, algorithm 0x01. */
export function ed25519Signer(name: string, key: SigningKey): NoteSigner {
  return { name, keyHint: ed25519NoteKeyId(name, key).subarray(0, 4), sign: (note) => key.sign(note) };
}

export interface CheckpointOptions {
  readonly origin: string;
  readonly size: number | bigint;
  readonly root: Uint8Array;
  /** Lines after the root hash, each without its line feed. */
  readonly extra?: readonly string[] | undefined;
  readonly signers: readonly NoteSigner[];
}

/** A signed checkpoint (C2SP tlog-checkpoint). */
export function signCheckpoint(options: CheckpointOptions): string {
  const lines = [options.origin, String(options.size), Buffer.from(options.root).toString('base64')];
  const text = `${[...lines, ...(options.extra ?? [])].join('\n')}\n`;
  const signatures = options.signers.map((signer) => {
    const blob = Buffer.concat([signer.keyHint, signer.sign(Buffer.from(text))]);
    return `\u2014 ${signer.name} ${blob.toString('base64')}\n`;
  });
  return `${text}\n${signatures.join('')}`;
}
