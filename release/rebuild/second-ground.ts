import { readFileSync } from 'node:fs';
import type { StepGround } from '../build/step-ground.ts';

/** Of files that steps see again, seconds since 1970: in 2001. */
export const SECOND_TIME = 1_000_000_000;
/** 50 days. */
const BOOT_OFFSET = 50 * 24 * 3600;

/** Another place, name, user, umask, locale, zone and number of processors: what a build must not depend on. */
export function secondGround(): StepGround {
  const processors = allowedProcessors(readFileSync('/proc/self/status', 'utf8'));
  return {
    prefix: '/elsewhere',
    identity: {
      hostname: 'another-machine',
      user: 54_321,
      group: 12_345,
      umask: 0o077,
      bootOffset: BOOT_OFFSET,
    },
    ...(processors.length > 1 ? { processors } : {}),
    locale: 'tr_TR.UTF-8',
    zone: 'Pacific/Chatham',
    fileTime: SECOND_TIME,
  };
}

/** The processors that a process may run on, from its /proc/PID/status: `0-3,8`. */
export function allowedProcessors(status: string): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  return list
    .split(',')
    .filter(Boolean)
    .flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
}
