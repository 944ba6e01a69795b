import { context, generalizedTime, integer, octetString, oid, sequence, setOf, time } from './der.ts';
import { digest, makeKey, signatureAlgorithm, type Hash, type KeyType, type TestKey } from './keys.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  issueCertificate,
  keyUsage,
  nameDer,
  serialOf,
  subjectKeyIdentifier,
  usage,
  type CertificateRequest,
  type Extension,
  type Name,
} from './x509.ts';

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

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  policy: '1.3.6.1.4.1.57264.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

const authorityWindow = {
  notBefore: new Date('2025-01-01T00:00:00Z'),
  notAfter: new Date('2035-01-01T00:00:00Z'),
};

export function makeTimestampAuthority(label: string, options: AuthorityOptions = {}): TimestampAuthority {
  const type = options.type ?? 'p256';
  const organization = `${label}.example`;
  const rootName: Name = { organization, commonName: `${label} tsa root` };
  const rootKey = makeKey('p384', `tsa-root/${label}`);
  const root = issueCertificate({
    subject: rootName,
    subjectSpki: rootKey.spki,
    issuer: rootName,
    issuerKey: rootKey,
    ...authorityWindow,
    serialSeed: `${label}/tsa-root`,
    extensions: [keyUsage('certSign'), basicConstraints(true, 0), subjectKeyIdentifier(rootKey.spki)],
  });
  const key = makeKey(type, `tsa/${label}`);
  const extensions: Extension[] = [
    keyUsage('digitalSignature'),
    subjectKeyIdentifier(key.spki),
    authorityKeyIdentifier(rootKey.spki),
    extendedKeyUsage([usage.timeStamping], true),
  ];
  const leaf: CertificateRequest = {
    subject: { organization, commonName: `${label} tsa` },
    subjectSpki: key.spki,
    issuer: rootName,
    issuerKey: rootKey,
    ...(options.window ?? authorityWindow),
    serialSeed: `${label}/tsa`,
    extensions: options.extensions?.(extensions) ?? extensions,
  };
  const uri = `https://timestamp.${label}.example/api/v1/timestamp`;
  return { uri, key, leaf, chain: [issueCertificate(leaf), root] };
}

/** A TimeStampResp over `data`, DER. */
export function timestamp(
  authority: TimestampAuthority,
  data: Uint8Array,
  options: TimestampOptions,
): Buffer {
  const signingKey = options.signingKey ?? authority.key;
  const hash = options.hash ?? signingKey.hash;
  const imprintHash = options.imprintHash ?? 'sha256';
  const info = sequence(
    integer(1),
    oid(oids.policy),
    sequence(hashAlgorithm(imprintHash), octetString(digest(imprintHash, data))),
    integer(digest('sha256', data).subarray(0, 8)),
    generalizedTime(options.time),
    context(0, context(4, nameDer(authority.leaf.subject))),
  );
  const attributes = signedAttributes(authority, info, hash, options);
  const [certificate = Buffer.alloc(0)] = authority.chain;
  const signerInfo = sequence(
    integer(1),
    sequence(nameDer(authority.leaf.issuer), integer(serialOf(authority.leaf))),
    hashAlgorithm(hash),
    context(0, attributes.subarray(headerLength(attributes))),
    signatureAlgorithm(signingKey.type, hash),
    octetString(signingKey.sign(attributes, hash)),
  );
  const signedData = sequence(
    integer(3),
    setOf(hashAlgorithm(hash)),
    sequence(oid(oids.tstInfo), context(0, octetString(info))),
    ...(options.embedCertificates === false ? [] : [context(0, certificate)]),
    setOf(signerInfo),
  );
  const status = options.status ?? 0;
  const token = sequence(oid(oids.signedData), context(0, signedData));
  return status > 1 ? sequence(sequence(integer(status))) : sequence(sequence(integer(status)), token);
}

/** The signed attributes as a SET, which is what is signed; the message carries them under a tag [0]. */
function signedAttributes(
  authority: TimestampAuthority,
  info: Buffer,
  hash: Hash,
  options: TimestampOptions,
): Buffer {
  const [certificate = Buffer.alloc(0)] = authority.chain;
  const issuerSerial = sequence(
    sequence(context(4, nameDer(authority.leaf.issuer))),
    integer(serialOf(authority.leaf)),
  );
  const essCertificate = sequence(octetString(digest('sha256', certificate)), issuerSerial);
  const attributes = [
    sequence(oid(oids.contentType), setOf(oid(oids.tstInfo))),
    sequence(oid(oids.signingTime), setOf(time(options.time))),
    sequence(oid(oids.messageDigest), setOf(octetString(options.messageDigest ?? digest(hash, info)))),
  ];
  if (options.signingCertificateAttribute !== false) {
    attributes.push(sequence(oid(oids.signingCertificateV2), setOf(sequence(sequence(essCertificate)))));
  }
  return setOf(...attributes);
}

function headerLength(value: Buffer): number {
  const first = value[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function hashAlgorithm(hash: Hash): Buffer {
  return sequence(oid(oids[hash]));
}
