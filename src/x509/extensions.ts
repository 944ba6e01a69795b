import { derInvalid, implicit, readDer, tags, type DerElement } from '#core/asn1/der';
import { readBoolean, readNamedBits, readOid, readSmallInteger, readText } from '#core/asn1/values';
import { equalBytes } from '#core/bytes/digest';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Certificate } from './certificate.ts';

export const oids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  sctList: '1.3.6.1.4.1.11129.2.4.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Extensions whose criticality is honoured because they are processed. */
const PROCESSED: ReadonlySet<string> = new Set([
  oids.keyUsage,
  oids.subjectAlternativeName,
  oids.basicConstraints,
  oids.extendedKeyUsage,
]);

/**
 * Refuses a certificate with a critical extension that nothing here processes (RFC 5280 section 4.2).
 * @throws CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL
 */
export function refuseUnknownCritical(certificate: Certificate): void {
  for (const extension of certificate.extensions.values()) {
    if (extension.critical && !PROCESSED.has(extension.oid)) {
      refuse(
        'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL',
        'a certificate has a critical extension that is not understood',
        {
          expected: 'only known critical extensions',
          found: extension.oid,
        },
      );
    }
  }
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | undefined;
}

/** @throws CERTIFICATE_EXTENSION_INVALID */
export function basicConstraints(certificate: Certificate): BasicConstraints {
  const absent: BasicConstraints = { ca: false, pathLength: undefined };
  return read(certificate, oids.basicConstraints, tags.sequence, absent, (element) => {
    const fields = element.children();
    const flag = fields.optional(tags.boolean);
    const ca = flag !== undefined && readBoolean(flag);
    if (flag !== undefined && !ca) derInvalid('has a default value that DER leaves out');
    const length = fields.optional(tags.integer);
    fields.end();
    if (length !== undefined && !ca) derInvalid('has a path length without cA');
    return { ca, pathLength: length === undefined ? undefined : readSmallInteger(length) };
  });
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly keyCertSign: boolean;
}

/** Undefined where the extension is absent. @throws CERTIFICATE_EXTENSION_INVALID */
export function keyUsage(certificate: Certificate): KeyUsage | undefined {
  return read<KeyUsage | undefined>(certificate, oids.keyUsage, tags.bitString, undefined, (element) => {
    const bits = readNamedBits(element);
    return { digitalSignature: bits[0] === true, keyCertSign: bits[5] === true };
  });
}

/** Purposes by OID; empty where the extension is absent. @throws CERTIFICATE_EXTENSION_INVALID */
export function extendedKeyUsage(certificate: Certificate): readonly string[] {
  return read<readonly string[]>(certificate, oids.extendedKeyUsage, tags.sequence, [], (element) => {
    const purposes: string[] = [];
    const fields = element.children();
    while (!fields.done) purposes.push(readOid(fields.next()));
    return purposes;
  });
}

/**
 * Whether a CA certificate says that its own key signed it: by its issuer's name, by the issuer's key identifier, or by
 * naming none, which only such a certificate may leave out (RFC 5280 section 4.2.1.1).
 * @throws CERTIFICATE_EXTENSION_INVALID
 */
export function isSelfSigned(certificate: Certificate): boolean {
  if (equalBytes(certificate.issuer, certificate.subject)) return true;
  const none = new Uint8Array();
  const issuing = read(certificate, oids.authorityKeyIdentifier, tags.sequence, none, (element) => {
    const fields = element.children();
    return fields.optional(implicit(0))?.contents ?? none;
  });
  if (issuing.length === 0) return true;
  const own = read(certificate, oids.subjectKeyIdentifier, tags.octetString, none, (it) => it.contents);
  return equalBytes(issuing, own);
}

export interface SubjectAlternativeName {
  readonly type: 'uri' | 'email' | 'other-name';
  readonly value: string;
}

/** Fulcio's OtherName for user names, whose value is a UTF8String. */
const FULCIO_USERNAME = '1.3.6.1.4.1.57264.1.7';

/**
 * The one subject alternative name of a Fulcio certificate.
 * @throws CERTIFICATE_SAN_INVALID
 */
export function subjectAlternativeName(certificate: Certificate): SubjectAlternativeName {
  const names = read<readonly SubjectAlternativeName[]>(
    certificate,
    oids.subjectAlternativeName,
    tags.sequence,
    [],
    (element) => {
      const found: SubjectAlternativeName[] = [];
      const fields = element.children();
      while (!fields.done) found.push(readGeneralName(fields.next()));
      return found;
    },
  );
  const [name] = names;
  if (name === undefined || names.length > 1) {
    return refuse(
      'CERTIFICATE_SAN_INVALID',
      'a signing certificate must have exactly one subject alternative name',
      {
        expected: 'one',
        found: String(names.length),
      },
    );
  }
  return name;
}

function readGeneralName(element: DerElement): SubjectAlternativeName {
  if (element.tag === implicit(6)) return { type: 'uri', value: ascii(element) };
  if (element.tag === implicit(1)) return { type: 'email', value: ascii(element) };
  if (element.tag === 0xa0) {
    const fields = element.children();
    const oid = readOid(fields.next());
    const wrapped = fields.next(0xa0).children();
    fields.end();
    if (oid === FULCIO_USERNAME) {
      const value = readText(wrapped.next(tags.utf8String));
      wrapped.end();
      if (value === '' || CONTROL.test(value)) notPrintable(value);
      return { type: 'other-name', value };
    }
  }
  return refuse('CERTIFICATE_SAN_INVALID', 'a signing certificate names its subject in an unsupported form', {
    expected: 'a URI, an e-mail address or a Fulcio user name',
    found: `GeneralName tag 0x${element.tag.toString(16)}`,
  });
}

function ascii(element: DerElement): string {
  const text = decodeUtf8(element.contents);
  return /^[\u0021-\u007e]+$/.test(text) ? text : notPrintable(text);
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function notPrintable(text: string): never {
  return refuse('CERTIFICATE_SAN_INVALID', 'a subject alternative name is not printable text', {
    expected: 'ASCII without spaces; in a user name, no control character',
    found: JSON.stringify(text.slice(0, 200)),
  });
}

function read<T>(
  certificate: Certificate,
  oid: string,
  tag: number,
  absent: T,
  decode: (element: DerElement) => T,
): T {
  const extension = certificate.extensions.get(oid);
  if (extension === undefined) return absent;
  try {
    return decode(readDer(extension.value, tag));
  } catch (error) {
    if (!(error instanceof EdgesealError) || error.code === 'CERTIFICATE_SAN_INVALID') throw error;
    return refuse('CERTIFICATE_EXTENSION_INVALID', 'a certificate has a malformed extension', {
      path: oid,
      found: error.message,
      cause: error,
    });
  }
}
