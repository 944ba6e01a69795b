import { createHash } from 'node:crypto';
import { refuse } from '#core/errors/error';
import type { Io, Network } from '#core/io/io';
import type { DependencyKind, LockedDependency, LockedFile } from '../lock/lock.ts';
import type { Plan, PlannedInput } from '../plan/plan.ts';
import type { SourceTree } from '../source/export-source.ts';
import type { ContentDigests } from '../store/content-hash.ts';
import type { Origins } from './origins.ts';

/** What fetching an input takes. */
export interface FetchContext {
  readonly plan: Plan;
  readonly source: SourceTree;
  readonly origins: Origins;
  readonly env: Io['env'];
  readonly files: Io['files'];
  /** The folder that the description is in, absolute: `file:` begins there. */
  readonly folder: string;
  /** Absent with `--offline`. */
  readonly network: Network | undefined;
}

/**
 * Fetches one input.
 * @returns the input itself, then what it brings; fewer where there is no network, which `origins` has noted
 */
export type FetchInput = (input: PlannedInput, context: FetchContext) => Promise<readonly LockedDependency[]>;

/** The digest of a plan: `sha256:HEX`. */
export function plannedDigests({ digest }: PlannedInput): ContentDigests {
  const at = digest.indexOf(':');
  return { [digest.slice(0, at)]: digest.slice(at + 1) };
}

/**
 * A file of the source that is an input, compared with its digest.
 * @throws RELEASE_CONTENT_MISMATCH, RELEASE_CONTENT_MISSING
 */
export async function sourceInput(
  input: PlannedInput,
  kind: DependencyKind,
  context: FetchContext,
): Promise<{ readonly bytes: Uint8Array; readonly own: LockedDependency }> {
  const file = sourceFile(input, context);
  const bytes = await context.origins.store.read(file.sha256);
  for (const [algorithm, hex] of Object.entries(plannedDigests(input))) {
    const found = createHash(algorithm).update(bytes).digest('hex');
    if (found === hex) continue;
    refuse('RELEASE_CONTENT_MISMATCH', `${JSON.stringify(input.from)} is not what its digest says`, {
      path: `inputs ${input.name}`,
      expected: `${algorithm}:${hex}`,
      found: `${algorithm}:${found}`,
      hint: 'it has changed in the source: look at what has, and write its new digest into the description',
    });
  }
  const own: LockedDependency = {
    input: input.name,
    kind,
    uri: sourceUri(input.from, context),
    digest: { sha256: file.sha256, ...plannedDigests(input) },
    size: file.size,
  };
  return { bytes, own };
}

/** `git+https://HOST/REPOSITORY@COMMIT#PATH`. */
export function sourceUri(path: string, { plan }: FetchContext): string {
  return `git+${plan.source.repository}@${plan.source.commit}#${path}`;
}

function sourceFile({ name, from }: PlannedInput, { source }: FetchContext): LockedFile {
  const file = source.locked.files.find(({ path }) => path === from);
  if (file !== undefined && file.mode !== '120000') return file;
  return refuse('RELEASE_INPUT_UNAVAILABLE', `the source has no file ${JSON.stringify(from.slice(0, 300))}`, {
    path: `inputs ${name}`,
    expected: 'a file of the commit that is released',
    found: file === undefined ? 'no such file' : 'a symbolic link',
    hint: 'is it committed?',
  });
}

/** By URI, then by path: one order for the same content. */
export function sorted(dependencies: readonly LockedDependency[]): readonly LockedDependency[] {
  return dependencies.toSorted((a, b) => compare(a.uri, b.uri) || compare(a.path ?? '', b.path ?? ''));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
