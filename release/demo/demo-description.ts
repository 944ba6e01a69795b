import { hash } from 'node:crypto';
import { createWriteStream, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DescriptionDocument, InputDocument } from '../description/document.ts';
import { parseDescription } from '../description/parse-description.ts';
import { rootArchive } from '../root/root-archive.ts';
import { CLONE } from './run-program.ts';

const EXAMPLE = 'release/examples/edgeseal.json';
const ROOT = 'root.tar';
/** Of the bundler of our own programs. */
const NATIVE = '@rolldown/binding-linux-*/*.node';
/** What only the other platform takes. */
const ELSEWHERE = 'node-arm64';

/**
 * Writes the release description of the demonstration: that of edgeseal's own releases, for the platform of this machine
 * alone. Its root file system, there an image of a registry, is made of this machine's own shared libraries, and pinned
 * by digest like every other input.
 * @returns the file
 */
export async function writeDemoDescription(folder: string): Promise<string> {
  const root = path.join(folder, ROOT);
  await pipeline(rootArchive(new Map(), [process.execPath, ...nativeModules()]), createWriteStream(root));
  const digest = `sha256:${hash('sha256', readFileSync(root), 'hex')}`;
  const { document: example } = await parseDescription(readFileSync(path.join(CLONE, EXAMPLE)), EXAMPLE);
  const isHere = (word: string): boolean => !word.includes(ELSEWHERE);
  const document: DescriptionDocument = {
    ...example,
    platforms: ['linux/amd64'],
    inputs: example.inputs
      .filter(({ name }) => isHere(name))
      .map((input) => (input.kind === 'oci-image' ? ownRoot(input.name, digest) : input)),
    components: example.components.map((component) => ({
      ...component,
      steps: component.steps.map((step) => ({
        ...step,
        run: step.run.filter(isHere),
        reads: step.reads.filter(isHere),
      })),
    })),
    // Tarballs hold the same files again.
    assets: example.assets.filter(({ archive }) => archive === undefined),
    policy: 'policies/edgeseal-hermetic.cue',
  };
  const file = path.join(folder, 'release.json');
  writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  return file;
}

const ownRoot = (name: string, digest: string): InputDocument => ({
  name,
  kind: 'toolchain',
  uri: `file:${ROOT}`,
  digest,
});

/** Modules of packages that are machine code: what they load is in the root, too. */
function nativeModules(): readonly string[] {
  const packages = path.join(CLONE, 'node_modules');
  return globSync(NATIVE, { cwd: packages }).map((file) => path.join(packages, file));
}
