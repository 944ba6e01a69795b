import { createServer } from 'node:net';
import type { Attempt } from './evidence.ts';
import { tryConnect } from './probe.ts';

/** A listener that a process with the host's network reaches: what the negative control must not. */
export interface HostListener {
  readonly port: number;
  /** A connection from the host itself. */
  readonly tried: Attempt;
  close(): void;
}

export async function hostListener(): Promise<HostListener> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, tried: await tryConnect('127.0.0.1', port), close: () => server.close() };
}
