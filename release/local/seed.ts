import { digest } from '#core/bytes/digest';
import { entryBody, type EntryKind } from './entry-body.ts';
import type { SigningKey } from './signing-key.ts';

/** The first entry of a log, signed by a key of its own: about this text. */
const TEXT = Buffer.from('edgeseal local: a log for development\n');

export function seedBody(key: SigningKey, kind: EntryKind): Buffer {
  const content = { kind: 'message', hash: 'sha256', digest: digest('sha256', TEXT) } as const;
  const signature = key.sign(TEXT, 'sha256');
  return entryBody(kind, { content, signatures: [{ signature, verifier: { key, certificate: undefined } }] });
}
