import { sha256Hex } from '#core/bytes/digest';
import { formatRepository, parseReference } from '#core/oci/reference';
import type { Artifact } from '#core/verify/artifact';
import type { Platform } from '../description/document.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { Plan, PlannedFile } from '../plan/plan.ts';
import type { ProducedSubject } from '../provenance/subject.ts';
import { writeBom, type BomComponent, type BomHead } from '../sbom/bom.ts';
import { checkBom } from '../sbom/check-bom.ts';
import { insideAt, lookInside, type Inside } from '../sbom/inside.ts';
import { lockedComponents, type LockedComponents } from '../sbom/locked-components.ts';
import { readNpmGraph, type NpmGraph } from '../sbom/npm-graph.ts';
import type { CheckedBuild } from './check-build.ts';
import { inputsOf, stepsBehind } from './steps-behind.ts';

/** A bill of materials, and what it is about. */
export interface ReleaseBom {
  readonly name: string;
  readonly about: BomSubject;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** An asset, or an image for one platform. */
export interface BomSubject {
  /** As a policy names it. */
  readonly artifact: Pick<Artifact, 'name' | 'kind'>;
  /** The asset itself; the image, and the index that lists it where there is one, which comes first. */
  readonly subjects: readonly ProducedSubject[];
}

/** What a bill of materials is made of. */
interface Listed extends BomSubject {
  /** Of the bill. */
  readonly bill: string;
  readonly head: Pick<BomHead, 'type' | 'name' | 'digest'>;
  readonly platform: Platform;
  readonly files: readonly PlannedFile[];
  /** Whether it holds the files, rather than being one. */
  readonly isContainer: boolean;
  /** The input that an image begins with. */
  readonly base: string | undefined;
}

/**
 * A bill of materials for each asset and each image, checked against what is in it.
 * @param version of edgeseal-release
 * @throws SBOM_INCOMPLETE, SBOM_INVALID, RELEASE_CONTENT_*
 */
export async function releaseBoms(
  work: FetchedWork,
  checked: CheckedBuild,
  version: string,
): Promise<readonly ReleaseBom[]> {
  const { plan, lock } = work;
  const seen = new Map<string, Inside>();
  const graphs = await npmGraphs(work);
  const boms: ReleaseBom[] = [];
  for (const listed of [...listedAssets(plan, checked), ...listedImages(plan, checked)]) {
    const { components, needs } = await componentsOf(work, checked, listed, graphs, seen);
    const head: BomHead = {
      ...listed.head,
      version: plan.version,
      repository: lock.source.repository,
      commit: lock.source.commit,
      time: lock.source.time,
      toolVersion: version,
    };
    const bytes = writeBom(head, components, needs);
    await checkBom(bytes, listed.bill, components);
    const { artifact, subjects } = listed;
    boms.push({ name: listed.bill, about: { artifact, subjects }, bytes, sha256: sha256Hex(bytes) });
  }
  return boms;
}

function listedAssets(plan: Plan, { assets }: CheckedBuild): readonly Listed[] {
  return assets.flatMap(({ planned: { name, platform, files, kind }, built: { sha256, sha512 } }) => {
    const bill = billOf(plan, name, undefined);
    const digest = { sha256, sha512 };
    if (bill === undefined) return [];
    return [
      {
        bill,
        artifact: { name, kind: 'file' },
        head: { type: 'application', name, digest },
        subjects: [{ name, digest }],
        platform,
        files,
        isContainer: kind === 'archive',
        base: undefined,
      },
    ];
  });
}

function listedImages(plan: Plan, { build }: CheckedBuild): readonly Listed[] {
  return plan.images.flatMap(({ references: [reference = ''], base, platforms }, index) =>
    platforms.flatMap(({ platform, files }): readonly Listed[] => {
      const bill = billOf(plan, reference, platform);
      const built = build.images[index];
      const own = built?.platforms.find((one) => one.platform === platform)?.digest;
      if (bill === undefined || built === undefined || own === undefined) return [];
      const name = formatRepository(parseReference(reference));
      const subjects = [...new Set([built.digest, own])].map((digest) => ({
        name,
        digest: digestOf(digest),
      }));
      return [
        {
          bill,
          artifact: { name: reference, kind: 'image' },
          head: { type: 'container', name, digest: digestOf(own) },
          subjects,
          platform,
          files,
          isContainer: true,
          base,
        },
      ];
    }),
  );
}

/** The name of the planned bill of materials of an asset, or of an image for a platform. */
function billOf({ assets }: Plan, about: string, platform: Platform | undefined): string | undefined {
  return assets.find((one) => one.kind === 'sbom' && one.about === about && one.platform === platform)?.name;
}

function digestOf(digest: string): { readonly sha256: string } {
  return { sha256: digest.slice('sha256:'.length) };
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
  { head: { name }, files, platform, isContainer, base }: Listed,
  graphs: ReadonlyMap<string, NpmGraph>,
  seen: Map<string, Inside>,
): Promise<LockedComponents> {
  const inside: Inside[] = [];
  const own: BomComponent[] = [];
  for (const { output, path } of files) {
    const { sha256 } = checked.output(output, platform);
    const found = seen.get(sha256) ?? lookInside(await store.read(sha256));
    seen.set(sha256, found);
    inside.push(insideAt(found, path));
    if (isContainer)
      own.push({
        ref: `file:${path}`,
        type: 'file',
        name: path,
        digest: { sha256 },
        scope: 'required',
        needs: [],
      });
  }
  const outputs = files.map(({ output }) => output);
  const inputs = inputsOf(stepsBehind(plan, outputs, platform));
  const dependencies = lock.dependencies.filter(({ input }) => inputs.has(input) || input === base);
  const locked = lockedComponents({ name, platform, dependencies, base, graphs, inside });
  return {
    components: [...own, ...locked.components],
    needs: [...own.map(({ ref }) => ref), ...locked.needs],
  };
}
