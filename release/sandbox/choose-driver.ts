import type { FlagSpec } from '#core/cli/flags';
import { containerDriver } from './container/driver.ts';
import { namespaceDriver } from './namespaces.ts';
import type { SandboxDriver } from './sandbox.ts';
import type { CallerEnvironment } from './tools.ts';

/** `--sandbox` of the phases that build. */
export const sandboxFlag = {
  kind: 'text',
  value: 'KIND',
  oneOf: ['namespaces', 'docker', 'podman'],
  about: 'what cuts the steps off: namespaces of Linux unless it is said, or containers',
} as const satisfies FlagSpec;

/** @throws SANDBOX_UNAVAILABLE */
export function chooseDriver(kind: string | undefined, environment: CallerEnvironment): SandboxDriver {
  if (kind !== 'docker' && kind !== 'podman') return namespaceDriver(environment);
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return containerDriver(kind, environment, { user, group });
}
