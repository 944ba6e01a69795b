import { refuse } from '#core/errors/error';
import type { BuildRecord, BuiltAsset, BuiltFile, BuiltStep } from '../build/build-record.ts';
import type { FetchedWork } from '../lock/work.ts';
import type { PlannedAsset, PlannedFile } from '../plan/plan.ts';
import type { Platform } from '../description/document.ts';
import { checkArchive } from './check-archive.ts';
import { digestOf, same, sizeOf } from './digests.ts';

/** What was built, every digest computed anew from the bytes. */
export interface CheckedBuild {
  readonly build: BuildRecord;
  /** In the plan's order. */
  readonly assets: readonly CheckedAsset[];
  readonly output: (name: string, platform: Platform) => BuiltFile;
}

export interface CheckedAsset {
  readonly planned: PlannedAsset & { readonly platform: Platform; readonly files: readonly PlannedFile[] };
  readonly built: BuiltAsset;
}

/**
 * Compares a build with the plan, and every file of it with its bytes: nothing that a former phase wrote is believed.
 * @throws RELEASE_WORK_INVALID, RELEASE_CONTENT_MISMATCH, RELEASE_CONTENT_MISSING, ARCHIVE_*
 */
export async function checkBuild(work: FetchedWork, build: BuildRecord): Promise<CheckedBuild> {
  const { plan, store, lockSha256 } = work;
  if (build.lock !== lockSha256) apart('it was built from another lock', lockSha256, build.lock);
  if (build.sourceDateEpoch !== work.lock.source.time)
    apart(
      'its date is not the source commit’s',
      String(work.lock.source.time),
      String(build.sourceDateEpoch),
    );
  checkSteps(work, build);
  const outputs = new Map(build.outputs.map((file) => [keyOf(file.output, file.platform), file]));
  const planned = plan.steps.flatMap(({ writes, platform }) =>
    writes.map((file) => keyOf(file.output, platform)),
  );
  checkNames(
    'the outputs',
    planned,
    build.outputs.map((file) => keyOf(file.output, file.platform)),
  );
  for (const { log, evidence } of build.steps)
    for (const digest of [log, evidence]) await store.pathOf(digest);
  const output = (name: string, platform: Platform): BuiltFile =>
    outputs.get(keyOf(name, platform)) ?? apart('an output is not there', keyOf(name, platform), 'nothing');
  const assets = await checkAssets(work, build, output);
  const sizes = new Map(assets.map(({ built }) => [built.sha256, built.size]));
  for (const { output, sha256, size } of build.outputs) {
    const found = sizes.get(sha256) ?? (await sizeOf(store.stream(sha256)));
    sizes.set(sha256, found);
    same(output, size, found);
  }
  return { build, assets, output };
}

function checkSteps({ plan }: FetchedWork, { steps }: BuildRecord): void {
  const nameOf = ({
    component,
    name,
    platform,
  }: Pick<BuiltStep, 'component' | 'name' | 'platform'>): string => keyOf(`${component}/${name}`, platform);
  checkNames('the steps', plan.steps.map(nameOf), steps.map(nameOf));
}

async function checkAssets(
  { plan, store }: FetchedWork,
  build: BuildRecord,
  output: CheckedBuild['output'],
): Promise<readonly CheckedAsset[]> {
  const own = plan.assets.filter(({ kind }) => kind === 'file' || kind === 'archive');
  checkNames(
    'the assets',
    own.map(({ name }) => name),
    build.assets.map(({ name }) => name),
  );
  const checked: CheckedAsset[] = [];
  for (const asset of own) {
    const built = build.assets.find(({ name }) => name === asset.name);
    const { platform, files } = asset;
    if (built === undefined || platform === undefined || files === undefined)
      return apart('an asset is for no platform', asset.name, 'nothing');
    const found = await digestOf('sha512', store.stream(built.sha256));
    same(asset.name, built.sha512, found.hex);
    same(asset.name, built.size, found.size);
    const parts = files.map((file) => ({ path: file.path, built: output(file.output, platform) }));
    if (asset.kind === 'archive') await checkArchive(store.stream(built.sha256), asset.name, parts);
    else same(asset.name, parts[0]?.built.sha256 ?? '', built.sha256);
    checked.push({ planned: { ...asset, platform, files }, built });
  }
  return checked;
}

function keyOf(name: string, platform: Platform): string {
  return `${name} for ${platform}`;
}

/** The same names, each once, in any order. */
function checkNames(what: string, planned: readonly string[], built: readonly string[]): void {
  const [missing] = planned.filter((name) => !built.includes(name));
  const [extra] = built.filter((name, index) => !planned.includes(name) || built.indexOf(name) !== index);
  if (missing === undefined && extra === undefined) return;
  apart(`${what} are not those of the plan`, missing ?? 'nothing more', extra ?? 'nothing');
}

function apart(message: string, expected: string, found: string): never {
  return refuse('RELEASE_WORK_INVALID', `build.json does not belong to plan.json and lock.json: ${message}`, {
    expected: JSON.stringify(expected.slice(0, 200)),
    found: JSON.stringify(found.slice(0, 200)),
    hint: 'run edgeseal-release build again, with the same --work',
  });
}
