import { parseDigest } from '#core/oci/digest';
import { readImage } from '#core/oci/read-image';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { genuineWorld, type ImageTarget } from './image-corpus.ts';
import { entriesOf, holds, withoutEntry, type RootEntry } from './root-entries.ts';
import { decide } from './target.ts';

const needed = new WeakMap<ImageTarget, Promise<readonly RootEntry[]>>();

/**
 * What an accepted mutant of the trusted root lacks. Who pins the root's digest gets none but the root itself
 * accepted. Who does not has stated another root, and that is his to do; but whatever the evidence needs must stand
 * in it as it stood: every authority, log and timestamp authority without which the genuine image is refused,
 * certificate by certificate and key by key, octet for octet, under the same id. So what may differ is: spelling, names
 * and addresses, validity that holds still, an anchor above one that remains or the signing certificate of a timestamp
 * authority below its anchor (the format lets either be left out), and what is not used (well-formed it must be).
 */
export async function missingFromRoot(target: ImageTarget, mutant: Buffer): Promise<readonly string[]> {
  let known = needed.get(target);
  if (known === undefined) {
    known = neededBy(target);
    needed.set(target, known);
  }
  return (await known)
    .filter((entry) => !holds(mutant, entry))
    .map(({ list, index }) => `accepted without ${list}[${index}]`);
}

async function neededBy(target: ImageTarget): Promise<readonly RootEntry[]> {
  const root = target.fixture.trustedRootBytes;
  const found: RootEntry[] = [];
  for (const entry of entriesOf(root))
    if (!(await isAcceptedUnder(target, withoutEntry(root, entry)))) found.push(entry);
  return found;
}

/** Whether the genuine image is accepted under another root. */
async function isAcceptedUnder(target: ImageTarget, root: Buffer): Promise<boolean> {
  const genuine = genuineWorld(target);
  const store = genuine.store();
  const at = { digest: parseDigest(genuine.manifest, 'IMAGE_REFERENCE_INVALID') };
  const { attested } = await readImage({ image: store, attestations: store, at, wanted: [] });
  const trust = { ...target.evidence.trust, root: parseTrustedRoot(root, 'root') };
  const { artifact, policy } = target.evidence;
  return attested.some(({ items }) => decide({ artifact, policy, trust }, items).outcome === 'pass');
}
