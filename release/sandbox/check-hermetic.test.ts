import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { soundEvidence } from '../../test/release-build/sound-evidence.ts';
import { checkHermetic } from './check-hermetic.ts';
import type { HermeticEvidence } from './evidence.ts';
import { interfacesOf, routes6Of, routesOf } from './probe.ts';

function judged(evidence: HermeticEvidence): Reason | undefined {
  try {
    checkHermetic(evidence, 'made/up');
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

const { namespaces, before, control } = soundEvidence;
const reached = { target: 'tcp 192.0.2.1 443', result: 'reached' };

describe('evidence of a run without a network', () => {
  test('passes', () => expect(judged(soundEvidence)).toBeUndefined());

  test.each<[string, Partial<HermeticEvidence>, string]>([
    [
      'another interface',
      { before: { ...before, interfaces: ['lo', 'eth0'] } },
      'the network interface eth0',
    ],
    [
      'another interface afterwards',
      { after: { ...before, interfaces: ['eth0'] } },
      'the network interface eth0',
    ],
    [
      'a route',
      { after: { ...before, routes: ['eth0\t00000000\t0100000A'] } },
      'a route: eth0\t00000000\t0100000A',
    ],
    ['a connection', { before: { ...before, connect: [reached] } }, 'tcp 192.0.2.1 443: reached'],
    [
      'a connection that was tried somewhere',
      { before: { ...before, connect: [{ ...reached, result: 'ETIMEDOUT' }] } },
      'tcp 192.0.2.1 443: ETIMEDOUT',
    ],
    [
      'a datagram that was sent',
      { before: { ...before, dns: [{ target: 'udp 192.0.2.53 53', result: 'reached' }, ...before.dns] } },
      'udp 192.0.2.53 53: reached',
    ],
    [
      'a name that was found',
      { before: { ...before, dns: [{ target: 'name example.org', result: 'reached' }] } },
      'name example.org: reached',
    ],
    ['no try', { after: { ...before, connect: [] } }, 'a network that nothing was tried with'],
    ['no name', { before: { ...before, dns: [] } }, 'a network that nothing was tried with'],
    [
      'an idle control',
      { control: { ...control, attempts: [] } },
      'a control that tried nothing, or does not say what rights it had',
    ],
    [
      'a control without a word of its rights',
      { control: { ...control, capabilities: [] } },
      'a control that tried nothing, or does not say what rights it had',
    ],
    [
      'a control that succeeds',
      { control: { ...control, attempts: [...control.attempts, reached] } },
      'the negative control reached tcp 192.0.2.1 443',
    ],
    [
      'a control that says nothing, for it fails outside too',
      { control: { ...control, outside: { ...control.outside, result: 'ECONNREFUSED' } } },
      'nothing to say: the control fails outside too (tcp 127.0.0.1 1: ECONNREFUSED)',
    ],
    [
      'a control in another place',
      { control: { ...control, namespace: 'net:[3]' } },
      'the control in another network namespace, net:[3]',
    ],
    [
      'the network of the host',
      { namespaces: { ...namespaces, inside: namespaces.outside } },
      'the network namespace of the host, net:[1]',
    ],
    [
      'a capability',
      { control: { ...control, capabilities: ['0000000000000000', '0000000000001000'] } },
      'user 1000 with the capabilities 0000000000000000 0000000000001000',
    ],
    ['root', { control: { ...control, user: 0 } }, 'user 0 with the capabilities 0000000000000000'],
    [
      'privileges to be had',
      { control: { ...control, noNewPrivileges: false } },
      'user 1000 with the capabilities 0000000000000000',
    ],
  ])('is refused for %s', (_, change, found) => {
    expect(judged({ ...soundEvidence, ...change })).toMatchObject({
      code: 'SANDBOX_NOT_HERMETIC',
      message: 'the sandbox of the step made/up is not cut off',
      found,
    });
  });

  test.each([
    [1, '1 connection or datagram that had no way out'],
    [3, '3 connections or datagrams that had no way out'],
  ])('is refused for %i attempts of the step', (attempts, found) => {
    expect(judged({ ...soundEvidence, attempts })).toMatchObject({
      code: 'BUILD_STEP_NETWORK',
      message: 'the step made/up tried to reach a network',
      found,
    });
  });
});

describe('tables of the kernel', () => {
  test('interfaces', () => {
    const head = 'Inter-|   Receive\n face |bytes    packets\n';
    expect(interfacesOf(`${head}    lo:       0       0\n  eth0: 123 4\n`)).toEqual(['lo', 'eth0']);
  });
  test('routes', () => {
    expect(routesOf('Iface\tDestination\n')).toEqual([]);
    expect(routesOf('Iface\tDestination\neth0\t00000000\n')).toEqual(['eth0\t00000000']);
  });
  test('routes of IPv6 that lead somewhere', () => {
    const zero = '0'.repeat(32);
    const rejects = `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`;
    const leads = `${zero} 00 ${zero} 00 fe80${'0'.repeat(28)} 00000400 00000001 00000000 00000003     eth0`;
    const toItself = `${'0'.repeat(31)}1 80 ${zero} 00 ${zero} 00000000 00000002 00000000 80200001       lo`;
    expect(routes6Of(`${rejects}\n${leads}\n${toItself}\n`)).toEqual([leads]);
  });
});
