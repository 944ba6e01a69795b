import { makeKey, seededBytes, sha256, type TestKey } from './keys.ts';

/**
 * A signed note (C2SP signed-note) over a checkpoint (C2SP tlog-checkpoint).
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
export function rekorV1Signer(name: string, key: TestKey): NoteSigner {
  return { name, keyHint: sha256(key.spki).subarray(0, 4), sign: (note) => key.sign(note) };
}

/** The id of an Ed25519 note key (C2SP signed-note): all 32 octets; the hint is the first four. */
export function ed25519NoteKeyId(name: string, key: TestKey, algorithm = 0x01): Buffer {
  return sha256(Buffer.from(`${name}\n`), Buffer.from([algorithm]), key.spki.subarray(-32));
}

/** Rekor v2: Ed25519, algorithm 0x01. */
export function ed25519Signer(name: string, key: TestKey): NoteSigner {
  return { name, keyHint: ed25519NoteKeyId(name, key).subarray(0, 4), sign: (note) => key.sign(note) };
}

/** A witness's timestamped cosignature (C2SP tlog-cosignature v1, algorithm 0x04). */
export function witnessSigner(name: string, at: Date): NoteSigner {
  const key = makeKey('ed25519', `witness/${name}`);
  const seconds = BigInt(Math.floor(at.getTime() / 1000));
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(seconds);
  return {
    name,
    keyHint: ed25519NoteKeyId(name, key, 0x04).subarray(0, 4),
    sign: (note) =>
      Buffer.concat([
        stamp,
        key.sign(Buffer.concat([Buffer.from(`cosignature/v1\ntime ${seconds}\n`), note])),
      ]),
  };
}

/** A line by a key that nobody knows. */
export function strangerSigner(name: string): NoteSigner {
  return {
    name,
    keyHint: seededBytes(`stranger/${name}`, 4),
    sign: () => seededBytes(`stranger/${name}/sig`, 64),
  };
}

export interface CheckpointOptions {
  readonly origin: string;
  readonly size: number | bigint;
  readonly root: Uint8Array;
  /** Lines after the root hash, each without its line feed. */
  readonly extra?: readonly string[] | undefined;
  readonly signers: readonly NoteSigner[];
}

export function signCheckpoint(options: CheckpointOptions): string {
  const lines = [options.origin, String(options.size), Buffer.from(options.root).toString('base64')];
  const text = `${[...lines, ...(options.extra ?? [])].join('\n')}\n`;
  const signatures = options.signers.map((signer) => {
    const blob = Buffer.concat([signer.keyHint, signer.sign(Buffer.from(text))]);
    return `\u2014 ${signer.name} ${blob.toString('base64')}\n`;
  });
  return `${text}\n${signatures.join('')}`;
}
