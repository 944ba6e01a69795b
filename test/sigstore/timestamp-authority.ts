import {
  attributes,
  TIMESTAMP_POLICY,
  timestampInfo,
  timestampResponse,
  timestampToken,
} from '../../release/local/timestamp.ts';
import { digest, makeKey, serialOf, type Hash, type KeyType, type TestKey } from './keys.ts';
import type { CertificateRequest, Extension } from '../../release/local/x509.ts';
import { timestampAuthority } from '../../release/local/authority.ts';

/** A timestamp authority (RFC 3161) with its own root. */
export interface TimestampAuthority {
  readonly uri: string;
  readonly key: TestKey;
  readonly leaf: CertificateRequest;
  /** DER, signing certificate first, root last. */
  readonly chain: readonly Buffer[];
}

export interface AuthorityOptions {
  readonly type?: KeyType | undefined;
  /** Validity of the signing certificate. */
  readonly window?: { readonly notBefore: Date; readonly notAfter: Date } | undefined;
  /** Changes the signing certificate's extensions. */
  readonly extensions?: ((list: readonly Extension[]) => readonly Extension[]) | undefined;
}

export interface TimestampOptions {
  readonly time: Date;
  /** Hash of the message imprint. */
  readonly imprintHash?: Hash | undefined;
  /** Hash of the CMS digest and signature; default: the key's. */
  readonly hash?: Hash | undefined;
  readonly embedCertificates?: boolean | undefined;
  readonly signingCertificateAttribute?: boolean | undefined;
  /** Signs with another key, in this authority's name. */
  readonly signingKey?: TestKey | undefined;
  /** PKIStatus; 0 is granted. */
  readonly status?: number | undefined;
  /** Digest stated in the signed attributes. */
  readonly messageDigest?: Uint8Array | undefined;
}

const authorityWindow = {
  notBefore: new Date('2025-01-01T00:00:00Z'),
  notAfter: new Date('2035-01-01T00:00:00Z'),
};

export function makeTimestampAuthority(label: string, options: AuthorityOptions = {}): TimestampAuthority {
  const key = makeKey(options.type ?? 'p256', `tsa/${label}`);
  const parts = {
    organization: `${label}.example`,
    label,
    rootKey: makeKey('p384', `tsa-root/${label}`),
    window: authorityWindow,
    serial: (of: string) => serialOf(`${label}/${of === 'root' ? 'tsa-root' : 'tsa'}`),
  };
  const uri = `https://timestamp.${label}.example/api/v1/timestamp`;
  return { uri, key, ...timestampAuthority(parts, key, options) };
}

/** A TimeStampResp over `data`, DER. */
export function timestamp(
  authority: TimestampAuthority,
  data: Uint8Array,
  options: TimestampOptions,
): Buffer {
  const [certificate = Buffer.alloc(0)] = authority.chain;
  const signer = { key: options.signingKey ?? authority.key, leaf: authority.leaf, certificate };
  const hash = options.hash ?? signer.key.hash;
  const imprintHash = options.imprintHash ?? 'sha256';
  const info = timestampInfo(signer, {
    policy: TIMESTAMP_POLICY,
    imprint: { hash: imprintHash, digest: digest(imprintHash, data) },
    serial: digest('sha256', data).subarray(0, 8),
    time: options.time,
  });
  const signed = [
    attributes.contentType(),
    attributes.signingTime(options.time),
    attributes.messageDigest(options.messageDigest ?? digest(hash, info)),
    ...(options.signingCertificateAttribute === false ? [] : [attributes.signingCertificate(signer)]),
  ];
  const embedCertificate = options.embedCertificates !== false;
  const token = timestampToken(signer, { info, attributes: signed, hash, embedCertificate });
  const status = options.status ?? 0;
  return timestampResponse(status, status > 1 ? undefined : token);
}
