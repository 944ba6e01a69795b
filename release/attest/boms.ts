import { sha256Hex } from '#core/bytes/digest';
import type { FetchedWork } from '../lock/work.ts';
import { writeBom, type BomComponent } from '../sbom/bom.ts';
import { checkBom } from '../sbom/check-bom.ts';
import { lookInside, type Inside } from '../sbom/inside.ts';
import { lockedComponents } from '../sbom/locked-components.ts';
import { readNpmGraph, type NpmGraph } from '../sbom/npm-graph.ts';
import type { CheckedAsset, CheckedBuild } from './check-build.ts';
import { inputsOf, stepsBehind } from './steps-behind.ts';

/** A bill of materials, and the asset that it is about. */
export interface AssetBom {
  readonly name: string;
  readonly about: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * A bill of materials for each asset, checked against what is in it.
 * @param version of edgeseal-release
 * @throws SBOM_INCOMPLETE, SBOM_INVALID, RELEASE_CONTENT_*
 */
export async function assetBoms(
  work: FetchedWork,
  checked: CheckedBuild,
  version: string,
): Promise<readonly AssetBom[]> {
  const seen = new Map<string, Inside>();
  const graphs = await npmGraphs(work);
  const boms: AssetBom[] = [];
  for (const asset of checked.assets) {
    const name = work.plan.assets.find(
      ({ kind, about }) => kind === 'sbom' && about === asset.planned.name,
    )?.name;
    if (name === undefined) continue;
    const { components, needs } = await componentsOf(work, checked, asset, graphs, seen);
    const head = {
      name: asset.planned.name,
      version: work.plan.version,
      sha256: asset.built.sha256,
      sha512: asset.built.sha512,
      repository: work.lock.source.repository,
      commit: work.lock.source.commit,
      time: work.lock.source.time,
      toolVersion: version,
    };
    const bytes = writeBom(head, components, needs);
    await checkBom(bytes, name, components);
    boms.push({ name, about: asset.planned.name, bytes, sha256: sha256Hex(bytes) });
  }
  return boms;
}

async function npmGraphs({ lock, store }: FetchedWork): Promise<ReadonlyMap<string, NpmGraph>> {
  const lockfiles = lock.dependencies.filter(({ kind }) => kind === 'npm-lockfile');
  return new Map(
    await Promise.all(
      lockfiles.map(
        async ({ input, digest }) => [input, readNpmGraph(await store.read(digest['sha256'] ?? ''))] as const,
      ),
    ),
  );
}

async function componentsOf(
  { plan, lock, store }: FetchedWork,
  checked: CheckedBuild,
  { planned }: CheckedAsset,
  graphs: ReadonlyMap<string, NpmGraph>,
  seen: Map<string, Inside>,
): Promise<{ readonly components: readonly BomComponent[]; readonly needs: readonly string[] }> {
  const { name, files, platform, kind } = planned;
  const inside: Inside[] = [];
  const own: BomComponent[] = [];
  for (const { output, path } of files) {
    const { sha256 } = checked.output(output, platform);
    const found = seen.get(sha256 + path) ?? lookInside(await store.read(sha256), path);
    seen.set(sha256 + path, found);
    inside.push(found);
    if (kind === 'archive')
      own.push({
        ref: `file:${path}`,
        type: 'file',
        name: path,
        digest: { sha256 },
        scope: 'required',
        needs: [],
      });
  }
  const inputs = inputsOf(
    stepsBehind(
      plan,
      files.map(({ output }) => output),
      platform,
    ),
  );
  const dependencies = lock.dependencies.filter(({ input }) => inputs.has(input));
  const locked = lockedComponents({ name, platform, dependencies, graphs, inside });
  return {
    components: [...own, ...locked.components],
    needs: [...own.map(({ ref }) => ref), ...locked.needs],
  };
}
