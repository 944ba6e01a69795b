import { refuse } from '#core/errors/error';
import type { Attempt, HermeticEvidence, NetworkProbe } from './evidence.ts';

/** What the kernel says to a process that has no way out. */
const NO_WAY = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'EAFNOSUPPORT', 'EACCES', 'EPERM']);
const NO_CAPABILITY = /^0+$/;

/**
 * Whether what was seen shows a run without a network, and a run that did not look for one.
 * @param step as people know it: `verifier/bundle for linux/amd64`
 * @throws SANDBOX_NOT_HERMETIC, BUILD_STEP_NETWORK
 */
export function checkHermetic(evidence: HermeticEvidence, step: string): void {
  const fault = faultOf(evidence);
  if (fault !== undefined) {
    refuse('SANDBOX_NOT_HERMETIC', `the sandbox of the step ${step} is not cut off`, {
      expected: 'no interface but the loopback one, no route, no way out, no rights',
      found: fault,
      hint: 'nothing that was built is kept; build on a machine whose kernel or container engine cuts the network off',
    });
  }
  if (evidence.attempts > 0) {
    refuse('BUILD_STEP_NETWORK', `the step ${step} tried to reach a network`, {
      expected: 'a step that reads its inputs and the source, and nothing else',
      found: `${evidence.attempts} ${evidence.attempts === 1 ? 'connection or datagram' : 'connections or datagrams'} that had no way out`,
      hint: 'it got nothing, but would make something else where it gets something: switch it off there, or declare what it wants as an input',
    });
  }
}

function faultOf({ namespaces, before, control, after }: HermeticEvidence): string | undefined {
  const { outside, inside } = namespaces;
  if (outside === inside) return `the network namespace of the host, ${inside}`;
  const seen = probeFault(before) ?? probeFault(after);
  if (seen !== undefined) return seen;
  if (control.outside.result !== 'reached')
    return `nothing to say: the control fails outside too (${shown(control.outside)})`;
  if (control.attempts.length === 0 || control.capabilities.length === 0)
    return 'a control that tried nothing, or does not say what rights it had';
  const reached = control.attempts.find(({ result }) => result === 'reached');
  if (reached !== undefined) return `the negative control reached ${reached.target}`;
  if (control.namespace !== inside) return `the control in another network namespace, ${control.namespace}`;
  const hasRights = control.user === 0 || !control.noNewPrivileges;
  if (hasRights || !control.capabilities.every((set) => NO_CAPABILITY.test(set)))
    return `user ${control.user} with the capabilities ${control.capabilities.join(' ')}`;
  return undefined;
}

function probeFault({ interfaces, routes, connect, dns }: NetworkProbe): string | undefined {
  const device = interfaces.find((name) => name !== 'lo');
  if (device !== undefined) return `the network interface ${device}`;
  if (routes.length > 0) return `a route: ${routes[0]?.trim()}`;
  if (connect.length === 0 || !dns.some(({ target }) => isName(target)))
    return 'a network that nothing was tried with';
  const way = [...connect, ...dns.filter(({ target }) => !isName(target))].find(
    ({ result }) => !NO_WAY.has(result),
  );
  const name = dns.find(({ target, result }) => isName(target) && result === 'reached');
  const found = way ?? name;
  return found === undefined ? undefined : shown(found);
}

function isName(target: string): boolean {
  return target.startsWith('name ');
}

function shown({ target, result }: Attempt): string {
  return `${target}: ${result}`;
}
