import { ed25519NoteKeyId, type NoteSigner } from '../../release/local/checkpoint.ts';
import { makeKey, seededBytes } from './keys.ts';

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
