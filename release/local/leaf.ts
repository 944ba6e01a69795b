import { context, contextPrimitive, oid, sequence, utf8String } from './der.ts';
import { fulcioOid } from './fulcio-extensions.ts';
import {
  authorityKeyIdentifier,
  extendedKeyUsage,
  extensionOids,
  keyUsage,
  subjectKeyIdentifier,
  usage,
  type Extension,
} from './x509.ts';

export type San =
  | { readonly type: 'uri' | 'email'; readonly value: string }
  | { readonly type: 'other-name'; readonly value: string };

export interface LeafParts {
  readonly spki: Uint8Array;
  readonly issuerSpki: Uint8Array;
  readonly sans: readonly San[];
  /** Fulcio's own. */
  readonly extensions: readonly Extension[];
}

/** The extensions of a leaf in Fulcio's order, without SCTs. */
export function leafExtensions({ spki, issuerSpki, sans, extensions }: LeafParts): Extension[] {
  return [
    keyUsage('digitalSignature'),
    extendedKeyUsage([usage.codeSigning]),
    subjectKeyIdentifier(spki),
    authorityKeyIdentifier(issuerSpki),
    subjectAltName(sans),
    ...extensions,
  ];
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
