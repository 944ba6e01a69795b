import { readDer } from '#core/asn1/der';
import { sctListExtension } from '../../release/local/sct.ts';
import { claimExtensions, issuerExtensions } from '../../release/local/fulcio-extensions.ts';
import { leafExtensions, type San } from '../../release/local/leaf.ts';
import { codeSigningAuthority, type Authority } from '../../release/local/authority.ts';
import { identityOf, type Claims } from './claims.ts';
import { tlvLongLength } from './ber.ts';
import { signedCertificateTimestamp, type CtLog, type SctOptions } from './ct-log.ts';
import { makeKey, serialOf, type TestKey } from './keys.ts';
import {
  issueCertificate,
  type CertificateRequest,
  type Extension,
  type Name,
} from '../../release/local/x509.ts';

/** A Fulcio-like certificate authority. */
export interface Fulcio extends Authority {
  readonly uri: string;
  readonly key: TestKey;
  /** DER, issuer of the leaves first, root last: one certificate, or intermediate and root. */
  readonly chain: readonly Buffer[];
}

export type { San };

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
  const parts = {
    organization: `${label}.example`,
    label,
    rootKey: makeKey('p384', `fulcio-root/${label}`),
    window: options.window ?? caWindow,
    serial: (of: string) => serialOf(`${label}/${of}`),
  };
  const key =
    options.intermediate === false ? parts.rootKey : makeKey('p384', `fulcio-intermediate/${label}`);
  const authority = codeSigningAuthority(parts, options.intermediate === false ? undefined : key);
  return { ...authority, key, uri: `https://fulcio.${label}.example` };
}

/** A leaf as Fulcio issues it: no subject, code signing, one critical SAN, an embedded SCT. DER. */
export function issueLeaf(fulcio: Fulcio, ctLog: CtLog, leaf: LeafRequest): Buffer {
  const edit = leaf.edit ?? {};
  const san: San = 'san' in leaf.claims ? leaf.claims.san : { type: 'uri', value: identityOf(leaf.claims) };
  const standard = leafExtensions({
    spki: leaf.key.spki,
    issuerSpki: fulcio.key.spki,
    sans: edit.sans ?? [san],
    extensions: 'san' in leaf.claims ? issuerExtensions(leaf.claims.iss) : claimExtensions(leaf.claims),
  });
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
