import path from 'node:path';
import type { DependencyKind } from '../lock/lock.ts';
import type { PlannedInput } from '../plan/plan.ts';
import { plannedDigests, type FetchContext, type FetchInput } from './input.ts';
import { NpmRegistry, parsePackageUrl } from './npm/registry.ts';
import type { Wanted } from './origins.ts';

/** A toolchain, or another file by its address: `https:`, `pkg:npm/...`, or `file:` beside the description. */
export function fetchFile(kind: DependencyKind & ('toolchain' | 'url')): FetchInput {
  return async (input, context) => {
    const stored = await context.origins.get(wantedOf(input, context));
    if (stored === undefined) return [];
    const digest = { sha256: stored.sha256, ...plannedDigests(input) };
    return [{ input: input.name, kind, uri: input.from, digest, size: stored.size }];
  };
}

function wantedOf(input: PlannedInput, { env, folder }: FetchContext): Wanted {
  const { from } = input;
  const digests = plannedDigests(input);
  if (from.startsWith('pkg:npm/'))
    return new NpmRegistry(env).wanted({ ...parsePackageUrl(from), digests, resolved: undefined });
  if (from.startsWith('file:'))
    return { name: from, digests, files: [path.join(folder, from.slice('file:'.length))], addresses: [] };
  const address = new URL(from);
  return { name: `${address.origin}${address.pathname}`, digests, files: [], addresses: [address] };
}
