import type { SigningKey } from './signing-key.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  usage,
  type CertificateRequest,
  type Extension,
  type Name,
} from './x509.ts';

/** Who issues certificates. */
export interface Authority {
  readonly name: Name;
  /** Signs the leaves. */
  readonly key: SigningKey;
  /** DER, issuer of the leaves first, root last. */
  readonly chain: readonly Uint8Array[];
}

export interface AuthorityParts {
  readonly organization: string;
  /** Begins the common names. */
  readonly label: string;
  readonly rootKey: SigningKey;
  readonly window: { readonly notBefore: Date; readonly notAfter: Date };
  /** A serial number for `root`, `intermediate`, `leaf`. */
  readonly serial: (of: string) => Uint8Array;
}

type Root = Pick<AuthorityParts, 'organization' | 'label' | 'rootKey' | 'window' | 'serial'>;

function selfSigned(parts: Root, name: Name, pathLength?: number): Buffer {
  const { rootKey } = parts;
  return issueCertificate({
    subject: name,
    subjectSpki: rootKey.spki,
    issuer: name,
    issuerKey: rootKey,
    ...parts.window,
    serial: parts.serial('root'),
    extensions: [
      keyUsage('certSign'),
      basicConstraints(true, pathLength),
      subjectKeyIdentifier(rootKey.spki),
    ],
  });
}

/** An authority of Fulcio's shape: a root, and where there is a key for it an intermediate. */
export function codeSigningAuthority(
  parts: AuthorityParts,
  key?: SigningKey,
): Authority & { readonly chain: readonly Buffer[] } {
  const { organization, label, rootKey } = parts;
  const rootName = { organization, commonName: `${label} root` };
  const root = selfSigned(parts, rootName);
  if (key === undefined) return { name: rootName, key: rootKey, chain: [root] };
  const name = { organization, commonName: `${label} intermediate` };
  const intermediate = issueCertificate({
    subject: name,
    subjectSpki: key.spki,
    issuer: rootName,
    issuerKey: rootKey,
    ...parts.window,
    serial: parts.serial('intermediate'),
    extensions: [
      keyUsage('certSign'),
      extendedKeyUsage([usage.codeSigning]),
      basicConstraints(true, 0),
      subjectKeyIdentifier(key.spki),
      authorityKeyIdentifier(rootKey.spki),
    ],
  });
  return { name, key, chain: [intermediate, root] };
}

/** A timestamp authority's certificate and its root. */
export function timestampAuthority(
  parts: AuthorityParts,
  key: SigningKey,
  edit: {
    readonly window?: AuthorityParts['window'] | undefined;
    readonly extensions?: ((list: readonly Extension[]) => readonly Extension[]) | undefined;
  } = {},
): { readonly leaf: CertificateRequest; readonly chain: readonly Buffer[] } {
  const { organization, label, rootKey } = parts;
  const rootName = { organization, commonName: `${label} tsa root` };
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
    ...(edit.window ?? parts.window),
    serial: parts.serial('leaf'),
    extensions: edit.extensions?.(extensions) ?? extensions,
  };
  return { leaf, chain: [issueCertificate(leaf), selfSigned(parts, rootName, 0)] };
}
