import { readDer } from '#core/asn1/der';
import { sctListExtension } from '../../release/local/sct.ts';
import { context, contextPrimitive, oid, sequence, utf8String } from '../../release/local/der.ts';
import { claimExtensions, fulcioOid, issuerExtensions } from '../../release/local/fulcio-extensions.ts';
import { identityOf, type Claims } from './claims.ts';
import { tlvLongLength } from './ber.ts';
import { signedCertificateTimestamp, type CtLog, type SctOptions } from './ct-log.ts';
import { makeKey, serialOf, type TestKey } from './keys.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  extensionOids,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  usage,
  type CertificateRequest,
  type Extension,
  type Name,
} from '../../release/local/x509.ts';

/** A Fulcio-like certificate authority. */
export interface Fulcio {
  readonly uri: string;
  readonly name: Name;
  /** Signs the leaves. */
  readonly key: TestKey;
  /** DER, issuer of the leaves first, root last: one certificate, or intermediate and root. */
  readonly chain: readonly Buffer[];
}

export type San =
  | { readonly type: 'uri' | 'email'; readonly value: string }
  | { readonly type: 'other-name'; readonly value: string };

export interface LeafRequest {
  readonly key: TestKey;
  /** A GitHub token, or an identity with nothing but its issuer. */
  readonly claims: Claims | { readonly iss: string; readonly san: San };
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly serialSeed: string;
  readonly edit?: LeafEdit | undefined;
}

/** What may be made otherwise in a leaf. */
export interface LeafEdit {
  /** Replaces the names of the subject alternative name extension. */
  readonly sans?: readonly San[] | undefined;
  readonly subject?: Name | undefined;
  /** Changes the list of extensions before the CT log sees it. */
  readonly extensions?: ((list: readonly Extension[]) => readonly Extension[]) | undefined;
  /** One SCT each; default: one by the given log. Empty: the extension is left out. */
  readonly scts?: readonly (SctOptions & { readonly log?: CtLog | undefined })[] | undefined;
  /** Names the issuer otherwise, or signs with another key. */
  readonly issuer?: Name | undefined;
  readonly issuerKey?: TestKey | undefined;
  /** Writes the outermost length longer than DER allows. */
  readonly nonMinimalLength?: boolean | undefined;
}

const caWindow = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2035-01-01T00:00:00Z') };

export function makeFulcio(
  label: string,
  options: { intermediate?: boolean; window?: typeof caWindow } = {},
): Fulcio {
  const window = options.window ?? caWindow;
  const organization = `${label}.example`;
  const rootName = { organization, commonName: `${label} root` };
  const rootKey = makeKey('p384', `fulcio-root/${label}`);
  const uri = `https://fulcio.${label}.example`;
  const root = issueCertificate({
    subject: rootName,
    subjectSpki: rootKey.spki,
    issuer: rootName,
    issuerKey: rootKey,
    ...window,
    serial: serialOf(`${label}/root`),
    extensions: [keyUsage('certSign'), basicConstraints(true), subjectKeyIdentifier(rootKey.spki)],
  });
  if (options.intermediate === false) return { uri, name: rootName, key: rootKey, chain: [root] };

  const name = { organization, commonName: `${label} intermediate` };
  const key = makeKey('p384', `fulcio-intermediate/${label}`);
  const intermediate = issueCertificate({
    subject: name,
    subjectSpki: key.spki,
    issuer: rootName,
    issuerKey: rootKey,
    ...window,
    serial: serialOf(`${label}/intermediate`),
    extensions: [
      keyUsage('certSign'),
      extendedKeyUsage([usage.codeSigning]),
      basicConstraints(true, 0),
      subjectKeyIdentifier(key.spki),
      authorityKeyIdentifier(rootKey.spki),
    ],
  });
  return { uri, name, key, chain: [intermediate, root] };
}

/** A leaf as Fulcio issues it: no subject, code signing, one critical SAN, an embedded SCT. DER. */
export function issueLeaf(fulcio: Fulcio, ctLog: CtLog, leaf: LeafRequest): Buffer {
  const edit = leaf.edit ?? {};
  const san: San = 'san' in leaf.claims ? leaf.claims.san : { type: 'uri', value: identityOf(leaf.claims) };
  const standard = [
    keyUsage('digitalSignature'),
    extendedKeyUsage([usage.codeSigning]),
    subjectKeyIdentifier(leaf.key.spki),
    authorityKeyIdentifier(fulcio.key.spki),
    subjectAltName(edit.sans ?? [san]),
    ...('san' in leaf.claims ? issuerExtensions(leaf.claims.iss) : claimExtensions(leaf.claims)),
  ];
  const request: CertificateRequest = {
    subject: edit.subject ?? {},
    subjectSpki: leaf.key.spki,
    issuer: edit.issuer ?? fulcio.name,
    issuerKey: edit.issuerKey ?? fulcio.key,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    serial: serialOf(leaf.serialSeed),
    extensions: edit.extensions?.(standard) ?? standard,
  };
  const scts = (edit.scts ?? [{}]).map((it) =>
    signedCertificateTimestamp(it.log ?? ctLog, request, fulcio.key.spki, it),
  );
  const list = scts.length === 0 ? [] : [sctListExtension(scts)];
  const certificate = issueCertificate({ ...request, extensions: [...request.extensions, ...list] });
  return edit.nonMinimalLength === true ? tlvLongLength(0x30, readDer(certificate).contents) : certificate;
}

/** Critical, for the subject is empty. `other-name` is Fulcio's 1.3.6.1.4.1.57264.1.7 with a UTF8String. */
function subjectAltName(sans: readonly San[]): Extension {
  const names = sans.map((san) => {
    if (san.type === 'uri') return contextPrimitive(6, Buffer.from(san.value));
    if (san.type === 'email') return contextPrimitive(1, Buffer.from(san.value));
    return context(0, oid(fulcioOid(7)), context(0, utf8String(san.value)));
  });
  return { oid: extensionOids.subjectAltName, critical: true, value: sequence(...names) };
}
