import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readPemBlocks } from '#core/crypto/pem';
import type { Local } from '../../release/local/start-local.ts';

/** A key pair of a client of Fulcio's. */
export interface ClientKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export function clientKey(namedCurve: 'P-256' | 'P-384' = 'P-256'): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }) };
}

/** What Fulcio is asked, as clients ask it. */
export function keyRequest(token: string, key: ClientKey, proofOf: string): Record<string, unknown> {
  const proof = sign('sha256', Buffer.from(proofOf), key.privateKey);
  return {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: key.pem },
      proofOfPossession: proof.toString('base64'),
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

export async function askFulcio(
  { url }: Pick<Local, 'url'>,
  request: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const answer = await fetch(`${url}/api/v2/signingCert`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof request === 'string' ? request : JSON.stringify(request),
  });
  return { status: answer.status, body: await answer.text() };
}

/** The certificates of an answer, DER, leaf first. */
export function certificatesIn({
  status,
  body,
}: {
  readonly status: number;
  readonly body: string | Uint8Array;
}): readonly Uint8Array[] {
  if (status !== 200) throw new Error(`${status} ${Buffer.from(body).toString('utf8')}`);
  const answer: { signedCertificateEmbeddedSct: { chain: { certificates: string[] } } } = JSON.parse(
    Buffer.from(body).toString('utf8'),
  );
  return answer.signedCertificateEmbeddedSct.chain.certificates.flatMap((text) =>
    readPemBlocks(text, 'chain').map(({ der }) => der),
  );
}
