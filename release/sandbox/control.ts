import { readFileSync } from 'node:fs';
import type { ControlResult } from './evidence.ts';
import { networkNamespace, tryConnect } from './probe.ts';

/** What the negative control sees of itself; what the host saw is added outside. */
export type ControlReport = Omit<ControlResult, 'outside'>;

/** The capability sets that a process has, or could get. */
const SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'];

/**
 * Tries the network as a step would: a listener of the host, and an address for documentation.
 * @param port of the listener, on the host's 127.0.0.1
 */
export async function runControl(port: number): Promise<ControlReport> {
  const status = readFileSync('/proc/self/status', 'utf8');
  return {
    attempts: await Promise.all([tryConnect('127.0.0.1', port), tryConnect('192.0.2.1', 80)]),
    namespace: networkNamespace(),
    user: Number(field(status, 'Uid')),
    group: Number(field(status, 'Gid')),
    capabilities: SETS.map((name) => field(status, name)),
    noNewPrivileges: field(status, 'NoNewPrivs') === '1',
  };
}

/** The first value of a line of /proc/self/status. */
function field(status: string, name: string): string {
  const line = status.split('\n').find((one) => one.startsWith(`${name}:`)) ?? '';
  return (
    line
      .slice(name.length + 1)
      .trim()
      .split('\t')[0] ?? ''
  );
}
