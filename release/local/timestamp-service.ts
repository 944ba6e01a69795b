import { randomBytes } from 'node:crypto';
import { digest } from '#core/bytes/digest';
import { pem } from './der.ts';
import { pemText, swagger, type Service } from './service.ts';
import { readTimestampRequest, type TimestampRequest } from './timestamp-request.ts';
import {
  attributes,
  TIMESTAMP_POLICY,
  timestampInfo,
  timestampResponse,
  timestampToken,
  type TimestampSigner,
} from './timestamp.ts';
import { serialFrom } from './x509.ts';

/** A timestamp authority (RFC 3161) with the API of Sigstore's. */
export function timestampService(
  signer: TimestampSigner,
  chain: readonly Uint8Array[],
  clock: () => Date,
): Service {
  return swagger(({ method, path, headers, body }) => {
    if (path === '/api/v1/timestamp/certchain' && method === 'GET')
      return pemText(chain.map((der) => pem('CERTIFICATE', der)).join(''));
    if (path !== '/api/v1/timestamp' || method !== 'POST') return undefined;
    const request = readTimestampRequest(headers['content-type'] ?? '', body);
    return {
      status: 201,
      headers: { 'content-type': 'application/timestamp-reply' },
      body: stamp(signer, request, clock()),
    };
  });
}

/** TimeStampResp, DER. */
export function stamp(
  signer: TimestampSigner,
  { imprint, nonce, wantsCertificate }: TimestampRequest,
  now: Date,
): Buffer {
  const { hash } = signer.key;
  const time = wholeSecond(now);
  const serial = serialFrom(randomBytes(20));
  const info = timestampInfo(signer, { policy: TIMESTAMP_POLICY, imprint, serial, time, nonce });
  const token = timestampToken(signer, {
    info,
    attributes: [
      attributes.contentType(),
      attributes.signingTime(time),
      attributes.messageDigest(digest(hash, info)),
      attributes.signingCertificate(signer),
    ],
    hash,
    embedCertificate: wantsCertificate,
  });
  return timestampResponse(0, token);
}

/** Some clients read no fraction of a second, or only one of three digits. */
const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
