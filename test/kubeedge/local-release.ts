import { hash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DescriptionDocument, InputDocument } from '../../release/description/document.ts';
import { parseDescription } from '../../release/description/parse-description.ts';
import { KubeEdgeSource } from './kubeedge-source.ts';
import { compilerArchive, goArchive } from './machine-archives.ts';

const CLONE = path.resolve(import.meta.dirname, '../..');
const EXAMPLE = 'release/examples/kubeedge.json';
const PLATFORM = 'linux/amd64';
export const TAG = 'v1.23.1-edgeseal.1';
export const REF = `refs/tags/${TAG}`;
/** As the policy wants it: where the description stands in the source. */
const DESCRIPTION = 'release.json';
export const POLICY: string = path.join(CLONE, 'policies/kubeedge-hermetic.cue');

/** A release of KubeEdge that this machine can make from what it has. */
export interface LocalRelease {
  readonly folder: string;
  /** The file. */
  readonly description: string;
  readonly commit: string;
}

/**
 * Commits the example's description, for the platform of this machine and these components alone, on top of KubeEdge's
 * source. What comes from networks is made of this machine's own files instead, pinned by digest like every other
 * input: Go, and the image with a C compiler. The image that another begins with is left out.
 * @param folder an empty one
 * @param from see {@link KubeEdgeSource}
 */
export async function makeLocalRelease(
  folder: string,
  from: string,
  goRoot: string,
  components: readonly string[],
): Promise<LocalRelease> {
  const source = new KubeEdgeSource(folder, from);
  const { document: example } = await parseDescription(readFileSync(path.join(CLONE, EXAMPLE)), EXAMPLE);
  const isBuilt = (output: string): boolean => components.some((name) => output.startsWith(`${name}/`));
  const built = example.components.filter(({ name }) => components.includes(name));
  const roots = new Set(built.flatMap(({ root }) => root ?? []));
  const inputs: InputDocument[] = [];
  for (const input of example.inputs) {
    if (input.kind === 'vendor-tree')
      inputs.push({ ...input, digest: `gitTree:${source.treeOf(input.path)}` });
    else if (input.name === 'go') inputs.push(await packed(folder, 'go', goArchive(goRoot)));
    else if (roots.has(input.name)) inputs.push(await packed(folder, input.name, compilerArchive()));
  }
  const document: DescriptionDocument = {
    ...example,
    source: { repository: example.source.repository },
    platforms: [PLATFORM],
    inputs,
    components: built,
    images: example.images
      .filter(({ files }) => files.every(({ output }) => isBuilt(output)))
      .map(({ repository, tags, files, entrypoint }) => ({ repository, tags, files, entrypoint })),
    assets: example.assets.filter(({ output, archive = [] }) =>
      [output ?? [], archive.map((one) => one.output)].flat().every(isBuilt),
    ),
  };
  const files = {
    [DESCRIPTION]: `${JSON.stringify(document, undefined, 2)}\n`,
    [document.policy]: readFileSync(POLICY),
  };
  const commit = source.release(files, TAG);
  return { folder, description: path.join(folder, DESCRIPTION), commit };
}

/** An archive beside the description, as an input. */
async function packed(
  folder: string,
  name: string,
  archive: AsyncGenerator<Uint8Array>,
): Promise<InputDocument> {
  const file = `${name}.tar`;
  await pipeline(archive, createWriteStream(path.join(folder, file)));
  const digest = hash('sha256', readFileSync(path.join(folder, file)), 'hex');
  return { name, kind: 'toolchain', uri: `file:${file}`, digest: `sha256:${digest}` };
}
