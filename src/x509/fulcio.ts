import { readDer, tags } from '#core/asn1/der';
import { readText } from '#core/asn1/values';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Certificate } from './certificate.ts';
import type { FulcioExtensions } from './fulcio-extensions.ts';

const ARC = '1.3.6.1.4.1.57264.1.';

/** Deprecated raw string, and the name under which its value stands today. */
const RAW: readonly (readonly [number, keyof FulcioExtensions])[] = [
  [1, 'issuer'],
  [2, 'buildTrigger'],
  [3, 'sourceRepositoryDigest'],
  [4, 'githubWorkflowName'],
  [5, 'sourceRepositoryUri'],
  [6, 'sourceRepositoryRef'],
];

const ENCODED: readonly (readonly [number, keyof FulcioExtensions])[] = [
  [8, 'issuer'],
  [9, 'buildSignerUri'],
  [10, 'buildSignerDigest'],
  [11, 'runnerEnvironment'],
  [12, 'sourceRepositoryUri'],
  [13, 'sourceRepositoryDigest'],
  [14, 'sourceRepositoryRef'],
  [15, 'sourceRepositoryIdentifier'],
  [16, 'sourceRepositoryOwnerUri'],
  [17, 'sourceRepositoryOwnerIdentifier'],
  [18, 'buildConfigUri'],
  [19, 'buildConfigDigest'],
  [20, 'buildTrigger'],
  [21, 'runInvocationUri'],
  [22, 'sourceRepositoryVisibilityAtSigning'],
  [23, 'deploymentEnvironment'],
  [24, 'tokenSubject'],
];

/** Extensions below Fulcio's arc that are known; .7 is the OtherName's type and never an extension. */
const KNOWN: ReadonlySet<string> = new Set([...RAW, ...ENCODED].map(([n]) => `${ARC}${n}`));

/**
 * Decodes Fulcio's extensions: .1 to .6 raw, .8 to .24 DER UTF8String; the two forms of a value must agree.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 * @throws CERTIFICATE_EXTENSION_INVALID, CERTIFICATE_EXTENSION_CONTRADICTION
 */
export function fulcioExtensions(certificate: Certificate): FulcioExtensions {
  const found: Partial<Record<keyof FulcioExtensions, string>> = {};
  for (const [n, name] of ENCODED) {
    const value = certificate.extensions.get(ARC + n)?.value;
    if (value !== undefined) found[name] = decode(n, name, () => readText(readDer(value, tags.utf8String)));
  }
  for (const [n, name] of RAW) {
    const value = certificate.extensions.get(ARC + n)?.value;
    if (value === undefined) continue;
    const text = decode(n, name, () => decodeUtf8(value));
    const current = found[name];
    const raw = name === 'sourceRepositoryUri' ? withHost(text, current) : text;
    if (current !== undefined && current !== raw) contradiction(n, name, raw, current);
    found[name] = current ?? raw;
  }
  for (const oid of certificate.extensions.keys()) {
    if (oid.startsWith(ARC) && !KNOWN.has(oid)) {
      refuse('CERTIFICATE_EXTENSION_INVALID', 'a certificate has a Fulcio extension that is not known', {
        expected: `${ARC}1 to ${ARC}24`,
        found: oid,
        hint: 'a newer Fulcio may bind more than this version checks; update edgeseal',
      });
    }
  }
  return found;
}

/** .5 holds `owner/repo`; .12 the whole URI, whose host .5 does not know. */
function withHost(repository: string, uri: string | undefined): string {
  if (
    uri !== undefined &&
    uri.endsWith(`/${repository}`) &&
    /^https:\/\/[^/]+$/.test(uri.slice(0, -repository.length - 1))
  ) {
    return uri;
  }
  return `https://github.com/${repository}`;
}

function decode(n: number, name: string, read: () => string): string {
  try {
    const text = read();
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (text !== '' && !/[\u0000-\u001f\u007f]/.test(text)) return text;
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
  }
  return refuse('CERTIFICATE_EXTENSION_INVALID', 'a certificate has a malformed Fulcio extension', {
    path: `${ARC}${n} (${name})`,
    expected: `${n < 8 ? 'text in UTF-8' : 'one DER UTF8String'}, not empty, without control characters`,
  });
}

function contradiction(n: number, name: string, raw: string, current: string): never {
  return refuse('CERTIFICATE_EXTENSION_CONTRADICTION', 'a certificate contradicts itself', {
    path: `${ARC}${n} (${name})`,
    expected: JSON.stringify(current.slice(0, 200)),
    found: JSON.stringify(raw.slice(0, 200)),
  });
}
