import type { Json } from '../sigstore/json.ts';
import { get, isObject, text } from './json-tree.ts';

/** The layers of a manifest that is no more than that, each with its annotations. */
export function annotationsOfLayers(manifest: Buffer): readonly Readonly<Record<string, string>>[] {
  const value = parse(manifest.toString('utf8'));
  const layers = get(value, 'layers');
  if (!Array.isArray(layers)) return [];
  return layers.map((layer) => {
    const annotations = get(layer, 'annotations');
    if (!isObject(annotations)) return {};
    return Object.fromEntries(
      Object.entries(annotations).filter((it): it is [string, string] => typeof it[1] === 'string'),
    );
  });
}

/** A layer of cosign's `.att` as the bundle v0.1 that says the same, read without the core. */
export function bundleOfLayer(envelope: Buffer, annotations: Readonly<Record<string, string>>): Json {
  const read = (name: string): string => annotations[`dev.sigstore.cosign/${name}`] ?? '';
  const certificates = [...derOfPem(read('certificate')), ...derOfPem(read('chain'))];
  const entry = parse(read('bundle'));
  const timestamp = text(parse(read('rfc3161timestamp')), 'SignedRFC3161Timestamp');
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    dsseEnvelope: parse(envelope.toString('utf8')) ?? null,
    verificationMaterial: {
      ...(certificates.length === 0
        ? { publicKey: {} }
        : { x509CertificateChain: { certificates: certificates.map((rawBytes) => ({ rawBytes })) } }),
      tlogEntries: entry === undefined ? [] : [entryOf(entry)],
      timestampVerificationData: {
        rfc3161Timestamps: timestamp === undefined ? [] : [{ signedTimestamp: timestamp }],
      },
    },
  };
}

function entryOf(entry: Json): Json {
  const keyId = Buffer.from(text(entry, 'Payload', 'logID') ?? '', 'hex').toString('base64');
  return {
    logId: { keyId },
    logIndex: get(entry, 'Payload', 'logIndex') ?? null,
    integratedTime: get(entry, 'Payload', 'integratedTime') ?? null,
    canonicalizedBody: get(entry, 'Payload', 'body') ?? null,
    inclusionPromise: { signedEntryTimestamp: get(entry, 'SignedEntryTimestamp') ?? null },
  };
}

/** Base64 of each block of PEM. */
export function derOfPem(pem: string): readonly string[] {
  return [...pem.matchAll(/-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]*)-----END [A-Z ]+-----/g)].map(
    ([, body = '']) => body.replaceAll(/\s/g, ''),
  );
}

function parse(content: string): Json | undefined {
  try {
    const value: Json = JSON.parse(content);
    return value;
  } catch {
    return undefined;
  }
}
