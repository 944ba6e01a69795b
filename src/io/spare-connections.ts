import type { Agent, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a request says to an agent that keeps spare connections. */
export interface WithSpares extends RequestOptions {
  /** How many connections there should be beside its own. */
  readonly spares?: number | undefined;
}

type Connect = Agent['createConnection'];

/**
 * Has an agent open connections before they are needed: for questions that will be asked together as soon as the
 * one that is being asked is answered, so that they need not wait for handshakes. A spare connection that fails, or
 * that nobody takes, ends unnoticed.
 * @param idle milliseconds after which nobody takes it any more
 */
export function keepSpares(agent: Agent, idle: number): void {
  const open: Connect = agent.createConnection.bind(agent);
  const spares = new Map<string, Set<Socket>>();
  const openSpares = (name: string, to: WithSpares): void => {
    const kept = new Set<Socket>();
    spares.set(name, kept);
    // The question that is being asked goes out first, and others that are asked beside it.
    setImmediate(() => {
      for (let count = agent.sockets[name]?.length ?? 0; count <= (to.spares ?? 0); count++) {
        const socket = open(to);
        if (isSocket(socket)) keep(kept, socket, idle);
      }
    });
  };
  const connect = (to: WithSpares, callback?: Parameters<Connect>[1]): ReturnType<Connect> => {
    const name = agent.getName(to);
    const spare = take(spares.get(name));
    if (spare !== undefined) return spare;
    const socket = open(to, callback);
    if (to.spares !== undefined && !spares.has(name)) openSpares(name, to);
    return socket;
  };
  agent.createConnection = connect;
}

function isSocket(stream: Duplex | null | undefined): stream is Socket {
  return stream !== null && stream !== undefined && 'unref' in stream && 'setTimeout' in stream;
}

const ignore = (): void => undefined;

function keep(kept: Set<Socket>, socket: Socket, idle: number): void {
  kept.add(socket);
  socket.on('error', ignore);
  socket.once('close', () => kept.delete(socket));
  socket.setTimeout(idle);
  socket.once('timeout', expire);
  socket.unref();
}

function expire(this: Socket): void {
  this.destroy();
}

/** One that stands, or will; who has spoken without being asked is not trusted to answer. */
function take(kept: Set<Socket> | undefined): Socket | undefined {
  for (const socket of kept ?? []) {
    kept?.delete(socket);
    if (socket.destroyed || !socket.writable || socket.readableLength > 0) {
      socket.destroy();
      continue;
    }
    socket.off('timeout', expire);
    socket.setTimeout(0);
    socket.off('error', ignore);
    socket.ref();
    return socket;
  }
  return undefined;
}
