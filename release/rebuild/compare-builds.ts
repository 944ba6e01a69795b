import type { BuiltAsset, BuiltFile, BuiltImage } from '../build/build-record.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { Store } from '../store/store.ts';
import { firstDifference } from './first-difference.ts';
import { imageDifference } from './image-difference.ts';
import type { Difference } from './rebuild-record.ts';

/** What a build made, and where the bytes are. */
export interface Made {
  readonly outputs: readonly BuiltFile[];
  readonly assets: readonly BuiltAsset[];
  readonly images: readonly BuiltImage[];
  readonly store: Pick<Store, 'read'>;
  readonly blobs: Pick<Store, 'read'>;
}

/**
 * Every file and image that two builds made otherwise, in the order in which they are made: the first output that
 * differs is where it began.
 */
export async function compareBuilds(
  first: Made,
  second: Made,
  steps: readonly PlannedStep[],
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const file of first.outputs) {
    const other = second.outputs.find(
      ({ output, platform }) => output === file.output && platform === file.platform,
    );
    const step = steps.find(({ writes }) => writes.some(({ output }) => output === file.output));
    differences.push(
      ...(await fileDifference(`output ${file.output}`, file, other, first, second)).map((one) => ({
        ...one,
        ...(step === undefined ? {} : { step: `${step.component}/${step.name}` }),
      })),
    );
  }
  for (const asset of first.assets) {
    const other = second.assets.find(({ name }) => name === asset.name);
    differences.push(...(await fileDifference(`asset ${asset.name}`, asset, other, first, second)));
  }
  for (const image of first.images) differences.push(...(await imageDifferences(image, first, second)));
  return differences;
}

type BuiltContent = Pick<BuiltFile, 'sha256'> & Partial<Pick<BuiltFile, 'platform' | 'executable'>>;

async function fileDifference(
  what: string,
  file: BuiltContent,
  other: BuiltContent | undefined,
  first: Made,
  second: Made,
): Promise<readonly Difference[]> {
  if (file.sha256 === other?.sha256 && file.executable === other.executable) return [];
  const head = {
    what,
    ...(file.platform === undefined ? {} : { platform: file.platform }),
    first: file.sha256,
    second: other?.sha256 ?? '',
  };
  if (other === undefined) return [{ ...head, where: [], offset: 0, found: ['a file', 'nothing'] }];
  if (file.sha256 === other.sha256) {
    const said = (executable = false): string => (executable ? 'an executable' : 'no executable');
    return [{ ...head, where: ['mode'], offset: 0, found: [said(file.executable), said(other.executable)] }];
  }
  const [one, two] = [await first.store.read(file.sha256), await second.store.read(other.sha256)];
  return [{ ...head, ...(await firstDifference(Buffer.from(one), Buffer.from(two))) }];
}

async function imageDifferences(
  image: BuiltImage,
  first: Made,
  second: Made,
): Promise<readonly Difference[]> {
  const [name = ''] = image.references;
  const other = second.images.find(({ references }) => references[0] === name);
  if (other?.digest === image.digest) return [];
  const differences: Difference[] = [];
  for (const { platform, digest } of image.platforms) {
    const match = other?.platforms.find((one) => one.platform === platform);
    if (match?.digest === digest) continue;
    const head = { what: `image ${name}`, platform, first: digest, second: match?.digest ?? '' };
    const place =
      match === undefined
        ? { where: [], offset: 0, found: ['an image', 'nothing'] as const }
        : await imageDifference(
            { digest, blobs: first.blobs },
            { digest: match.digest, blobs: second.blobs },
          );
    differences.push({ ...head, ...place });
  }
  return differences;
}
