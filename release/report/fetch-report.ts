import type { FetchResult } from '../fetch/fetch-release.ts';
import type { LockedDependency } from '../lock/lock.ts';
import type { Plan } from '../plan/plan.ts';

/** What was fetched, for people. */
export function fetchText(plan: Plan, { lock, lockSha256, origins }: FetchResult, work: string): string {
  const { files, commit } = lock.source;
  const width = Math.max(...plan.inputs.map(({ name }) => name.length), 'source'.length) + 1;
  const row = (name: string, text: string): string => `  ${name.padEnd(width)}${text}\n`;
  const inputs = plan.inputs.map(({ name, kind }) => {
    const own = lock.dependencies.filter(({ input }) => input === name);
    const brought = own.length === 1 ? '' : `, and ${own.length - 1} that it names`;
    return row(name, `${kind}${brought}: ${shownSize(own)}`);
  });
  return [
    `${plan.name} ${plan.version} is fetched into ${work}\n`,
    row('source', `${files.length} files of ${commit}: ${shownSize(files)}`),
    ...inputs,
    row('lock', `sha256:${lockSha256}`),
    `  ${origins.network} downloaded, ${origins.machine} from this machine, ${origins.store} were in the store\n`,
  ].join('');
}

/** The same for machines. */
export function fetchJson(plan: Plan, { lock, lockSha256, origins }: FetchResult, work: string): string {
  const { repository, ref, commit, tree, files } = lock.source;
  const report = {
    name: plan.name,
    version: plan.version,
    work,
    lock: `sha256:${lockSha256}`,
    source: { repository, ref, commit, tree, files: files.length, size: sizeOf(files) },
    inputs: plan.inputs.map(({ name, kind }) => {
      const own = lock.dependencies.filter(({ input }) => input === name);
      return { name, kind, dependencies: own.length, size: sizeOf(own) };
    }),
    origins,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function sizeOf(parts: readonly Pick<LockedDependency, 'size'>[]): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

function shownSize(parts: readonly Pick<LockedDependency, 'size'>[]): string {
  const size = sizeOf(parts);
  const mebi = size / (1024 * 1024);
  return mebi < 1 ? `${Math.ceil(size / 1024)} KiB` : `${mebi.toFixed(1)} MiB`;
}
