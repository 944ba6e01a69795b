import type { Known } from './equivalence.ts';
import { nearMisses, ownSources } from './sources-own.ts';
import { sharedSources } from './sources-shared.ts';
import { makeTarget, type Original, type Target } from './target.ts';

export interface Corpus {
  readonly targets: readonly Target[];
  /** Evidence that must be refused, and so must its mutants unless they become genuine. */
  readonly nearMisses: readonly Target[];
  /** Sources that are refused as they are, with the reason. */
  readonly leftOut: readonly string[];
  /** Everything genuine, to compare an accepted mutant with. */
  readonly known: Known;
}

/** All targets in a fixed order: own fixtures, then the vectors where they are present. */
export async function loadCorpus(shared: boolean): Promise<Corpus> {
  const targets: Target[] = [];
  const leftOut: string[] = [];
  for (const source of [...ownSources(), ...(shared ? sharedSources() : [])]) {
    const target = await tryTarget(source);
    if (typeof target === 'string') leftOut.push(`${source.name}: ${target}`);
    else targets.push(target);
  }
  const misses = await nearMisses();
  const genuine = [...targets, ...(await underRootsOf(misses, targets))];
  const originals = new Map<string, Original[]>();
  for (const original of genuine.flatMap((target) => target.originals)) {
    const { content } = original.meaning;
    originals.set(content, [...(originals.get(content) ?? []), original]);
  }
  const roots = targets.map(({ trust }) => trust.root).filter((root) => root !== undefined);
  const certificates = roots.flatMap((root) => root.certificateAuthorities.flatMap(({ encoded }) => encoded));
  const authorities = new Set(certificates.map((der) => Buffer.from(der).toString('hex')));
  return { targets, nearMisses: misses, leftOut, known: { originals, authorities } };
}

/** Own fixtures that are genuine under a near miss's root too: what its mutants may become. */
async function underRootsOf(misses: readonly Target[], targets: readonly Target[]): Promise<Target[]> {
  const seen = new Set(targets.map(({ trust }) => trust.root?.digest));
  const found: Target[] = [];
  for (const { trust } of misses) {
    if (seen.has(trust.root?.digest)) continue;
    seen.add(trust.root?.digest);
    for (const source of ownSources()) {
      const target = await tryTarget({ ...source, trust: { ...source.trust, root: trust.root } });
      if (typeof target !== 'string') found.push(target);
    }
  }
  return found;
}

async function tryTarget(source: Parameters<typeof makeTarget>[0]): Promise<Target | string> {
  try {
    return await makeTarget(source);
  } catch (error) {
    return error instanceof Error ? error.message : 'refused';
  }
}

export function describeCorpus({ targets, nearMisses, leftOut }: Corpus): string {
  const real = targets.filter(({ name }) => !name.startsWith('own/')).length;
  return `${targets.length} targets, ${real} of them real, ${nearMisses.length} near misses; ${leftOut.length} files left out: refused as they are`;
}
