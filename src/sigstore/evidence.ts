import type { Reason } from '#core/errors/reason';
import type { Envelope } from '#core/dsse/envelope';
import type { LogEntry } from '#core/tlog/log-entry';

/** One bundle or envelope, parsed strictly; nothing in it is believed yet. */
export interface Evidence {
  /** SHA-256 of its bytes (one line of JSON lines, or the file), lower-case hex. */
  readonly digest: string;
  /** Where it came from: `file`, `file:LINE`, a registry reference. */
  readonly source: string;
  readonly format: 'bundle' | 'envelope';
  /** The item itself, where it stood in a file of its own, on a line or in a layer. */
  readonly bytes?: Uint8Array | string | undefined;
  readonly content: EvidenceContent;
  readonly material: VerificationMaterial;
  readonly logEntries: readonly LogEntry[];
  /** SHA-256 of the bare envelope as it was logged, lower-case hex, where those bytes are at hand. */
  readonly envelopeDigest?: string | undefined;
  /** RFC 3161 TimeStampResp, DER. */
  readonly timestamps: readonly Uint8Array[];
}

export type EvidenceContent =
  | { readonly kind: 'dsse'; readonly envelope: Envelope }
  | {
      readonly kind: 'message';
      /** An unauthenticated hint that must still agree with the artifact. */
      readonly digestAlgorithm: 'sha256' | 'sha384' | 'sha512';
      readonly digest: Uint8Array;
      readonly signature: Uint8Array;
    };

export type VerificationMaterial =
  /** DER certificates, leaf first. */
  | { readonly kind: 'certificates'; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'public-key'; readonly hint: string }
  /** A raw envelope: certificates and key ids stand with its signatures. */
  | { readonly kind: 'envelope' };

/** What one item of an evidence file came to. */
export type EvidenceItem =
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'refused'; readonly digest: string; readonly source: string; readonly reason: Reason };
