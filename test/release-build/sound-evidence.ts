import type { HermeticEvidence, NetworkProbe } from '../../release/sandbox/evidence.ts';

const probe: NetworkProbe = {
  interfaces: ['lo'],
  routes: [],
  connect: [
    { target: 'tcp 192.0.2.1 443', result: 'ENETUNREACH' },
    { target: 'tcp 2001:db8::1 443', result: 'EADDRNOTAVAIL' },
  ],
  dns: [
    { target: 'udp 192.0.2.53 53', result: 'ENETUNREACH' },
    { target: 'name github.com', result: 'EAI_AGAIN' },
  ],
};

/** Evidence as a sandbox without a network gives it. */
export const soundEvidence: HermeticEvidence = {
  schemaVersion: 1,
  mechanism: 'linux-namespaces',
  version: 'util-linux 2.38.1',
  namespaces: { outside: 'net:[1]', inside: 'net:[2]' },
  before: probe,
  control: {
    outside: { target: 'tcp 127.0.0.1 1', result: 'reached' },
    attempts: [{ target: 'tcp 127.0.0.1 1', result: 'ENETUNREACH' }],
    namespace: 'net:[2]',
    user: 1000,
    group: 1000,
    capabilities: ['0000000000000000'],
    noNewPrivileges: true,
  },
  after: probe,
  attempts: 0,
};
