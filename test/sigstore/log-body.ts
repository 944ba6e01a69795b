import {
  entryBody as bodyOf,
  protobufHash,
  type EntryKind,
  type LoggedVerifier,
} from '../../release/local/entry-body.ts';
import { postedEnvelope, type EnvelopeJson } from './dsse.ts';
import { sha256, type Hash, type TestKey } from './keys.ts';

export { protobufHash, type EntryKind };

/** What is logged: an envelope or a message's digest, each signature's bytes and the verifier that goes with it. */
export interface Logged {
  readonly content:
    | { readonly kind: 'dsse'; readonly envelope: EnvelopeJson; readonly payload: Buffer }
    | { readonly kind: 'message'; readonly digest: Buffer; readonly hash: Hash };
  readonly signatures: readonly Buffer[];
  /** One a signature. */
  readonly verifiers: readonly Verifier[];
}

export interface Verifier extends LoggedVerifier {
  readonly key: TestKey;
  readonly certificate: Buffer | undefined;
}

/** An entry's canonicalised body as Rekor stores and hashes it. */
export function entryBody(kind: EntryKind, { content, signatures, verifiers }: Logged): Buffer {
  return bodyOf(kind, {
    content:
      content.kind === 'message'
        ? content
        : {
            kind: 'dsse',
            payloadType: content.envelope.payloadType,
            payload: content.payload,
            envelopeDigest: sha256(postedEnvelope(content.envelope)).toString('hex'),
          },
    signatures: signatures.map((signature, index) => {
      const verifier = verifiers[index];
      if (verifier === undefined) throw new Error(`no verifier ${index} to log`);
      return { signature, verifier };
    }),
  });
}
