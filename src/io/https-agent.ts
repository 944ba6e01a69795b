import type * as Https from 'node:https';

/** Octets that are read at once: what TLS decrypts at once is less. */
const READ = 64 * 1024;

type Connect = Https.Agent['createConnection'];

/**
 * An agent whose sockets read into memory of their own, used again for each read, and give each chunk memory to
 * itself, which can be released. Node's would leave 64 KiB to the collector of garbage for every few chunks.
 */
export function ownReads(https: typeof Https, options: Https.AgentOptions): Https.Agent {
  class OwnReads extends https.Agent {
    override createConnection(...[to, callback]: Parameters<Connect>): ReturnType<Connect> {
      const buffer = Buffer.allocUnsafeSlow(READ);
      const taken = (length: number, bytes: Uint8Array): boolean => {
        const chunk = Buffer.allocUnsafeSlow(length);
        chunk.set(bytes.subarray(0, length));
        return socket?.push(chunk) ?? false;
      };
      const reading = { ...to, onread: { buffer, callback: taken } };
      const socket = super.createConnection(reading, callback);
      return socket;
    }
  }
  return new OwnReads(options);
}
