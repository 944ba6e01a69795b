import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { pem, sequence, tlv } from '../../release/local/der.ts';
import { makeKey, serialOf } from '../sigstore/keys.ts';
import { basicConstraints, extensionOids, issueCertificate, keyUsage } from '../../release/local/x509.ts';

/** A certificate and its key. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const authority = { organization: 'a test authority' };
const authorityKey = makeKey('p256', 'tls/authority');
const notBefore = new Date('2020-01-01T00:00:00Z');
const notAfter = new Date('2049-01-01T00:00:00Z');

/** The authority that vouches for everything here, PEM. */
export const authorityPem = pem(
  'CERTIFICATE',
  issueCertificate({
    subject: authority,
    subjectSpki: authorityKey.spki,
    issuer: authority,
    issuerKey: authorityKey,
    notBefore,
    notAfter,
    serial: serialOf('tls/authority'),
    extensions: [basicConstraints(true), keyUsage('certSign')],
  }),
);

/** A certificate for a DNS name, or for 127.0.0.1. */
export function identityFor(name: string): Identity {
  const key = makeKey('p256', `tls/${name}`);
  const san = name === '127.0.0.1' ? tlv(0x87, Buffer.from([127, 0, 0, 1])) : tlv(0x82, Buffer.from(name));
  const der = issueCertificate({
    subject: { commonName: name },
    subjectSpki: key.spki,
    issuer: authority,
    issuerKey: authorityKey,
    notBefore,
    notAfter,
    serial: serialOf(`tls/${name}`),
    extensions: [{ oid: extensionOids.subjectAltName, value: sequence(san) }],
  });
  const pkcs8 = key.privateKey.export({ type: 'pkcs8', format: 'der' });
  return { cert: pem('CERTIFICATE', der), key: pem('PRIVATE KEY', pkcs8) };
}

export interface TlsServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Requests that came without TLS, each with all of its octets. */
  readonly plain: readonly string[];
  readonly stop: () => Promise<void>;
}

/** A server that answers who speaks no TLS as Go's does: by 400. */
export async function startTls(
  listener: RequestListener,
  options: { readonly name?: string; readonly wantsCertificate?: boolean } = {},
): Promise<TlsServer> {
  const plain: string[] = [];
  const secure: HttpsServer = createServer(
    {
      ...identityFor(options.name ?? '127.0.0.1'),
      ca: authorityPem,
      requestCert: options.wantsCertificate === true,
      rejectUnauthorized: options.wantsCertificate === true,
    },
    listener,
  );
  secure.on('tlsClientError', () => undefined);
  const sockets = new Set<{ destroy: () => void }>();
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      socket.pause();
      if (first[0] === 0x16) {
        socket.unshift(first);
        secure.emit('connection', socket);
        process.nextTick(() => socket.resume());
        return;
      }
      plain.push(first.toString());
      const text = 'Client sent an HTTP request to an HTTPS server.\n';
      socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${text}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    plain,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
