import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { Attempt, NetworkProbe } from './evidence.ts';

/** Addresses for documentation (RFC 5737, RFC 3849): where there is any route, they have one. */
const ADDRESSES = ['192.0.2.1', '2001:db8::1'];
const NAME_SERVER = '192.0.2.53';
/** A name that every resolver with a network knows. */
const NAME = 'github.com';
const PATIENCE = 2000;
/** RTF_REJECT of linux/ipv6_route.h: a route that leads nowhere. */
const REJECTS = 0x0200;

/** What there is of a network for this process, and what trying it gives. */
export async function probeNetwork(): Promise<NetworkProbe> {
  return {
    interfaces: interfacesOf(readFileSync('/proc/self/net/dev', 'utf8')),
    routes: [...routesOf(table('route')), ...routes6Of(table('ipv6_route'))],
    connect: await Promise.all(ADDRESSES.map((address) => tryConnect(address, 443))),
    dns: [await tryDatagram(NAME_SERVER, 53), await tryName(NAME)],
  };
}

/** The names in /proc/net/dev. */
export function interfacesOf(text: string): readonly string[] {
  return linesOf(text)
    .slice(2)
    .map((line) => line.slice(0, line.indexOf(':')).trim());
}

/** The lines of /proc/net/route after its head. */
export function routesOf(text: string): readonly string[] {
  return linesOf(text).slice(1);
}

/** The lines of /proc/net/ipv6_route that lead anywhere but to the machine itself. */
export function routes6Of(text: string): readonly string[] {
  return linesOf(text).filter((line) => {
    const columns = line.split(' ').filter(Boolean);
    return (Number.parseInt(columns[8] ?? '0', 16) & REJECTS) === 0 && columns[9] !== 'lo';
  });
}

/** What /proc/net/snmp counts of tries that came to nothing: no route; nobody there; nobody who answers. */
const FAILURES: readonly (readonly [protocol: string, field: string])[] = [
  ['Ip', 'OutNoRoutes'],
  ['Udp', 'NoPorts'],
  ['Tcp', 'AttemptFails'],
];

/**
 * IPv4 datagrams and connections that came to nothing in this network namespace. Where it has a loopback interface, as
 * containers have, those to the machine itself are among them: a name is asked for there where no server is known.
 */
export function countAttempts(): number {
  const lines = linesOf(readFileSync('/proc/self/net/snmp', 'utf8')).map((line) => line.split(' '));
  return FAILURES.reduce((sum, [protocol, field]) => {
    const [names = [], values = []] = lines.filter(([head]) => head === `${protocol}:`);
    return sum + Number(values[names.indexOf(field)]);
  }, 0);
}

export function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net');
}

/** A kernel without IPv6 has no such file. */
function table(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return '';
    throw cause;
  }
}

export function tryConnect(host: string, port: number): Promise<Attempt> {
  const target = `tcp ${host} ${port}`;
  return new Promise((resolve) => {
    const socket = connect({ host, port, autoSelectFamily: false, timeout: PATIENCE });
    const end = (result: string): void => {
      socket.destroy();
      resolve({ target, result });
    };
    socket.once('connect', () => end('reached'));
    socket.once('timeout', () => end('ETIMEDOUT'));
    socket.once('error', (error) => end(codeOf(error)));
  });
}

/** A datagram is reached where the kernel takes it: it had a route. */
function tryDatagram(host: string, port: number): Promise<Attempt> {
  const target = `udp ${host} ${port}`;
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (result: string): void => {
      socket.close();
      resolve({ target, result });
    };
    socket.once('error', (error) => end(codeOf(error)));
    socket.send('?', port, host, (error) => end(error === null ? 'reached' : codeOf(error)));
  });
}

function tryName(name: string): Promise<Attempt> {
  return new Promise((resolve) => {
    lookup(name, (error) =>
      resolve({ target: `name ${name}`, result: error === null ? 'reached' : codeOf(error) }),
    );
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
