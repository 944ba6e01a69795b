import type { CueDocument, CueSource, PolicyDocument } from './document.ts';
import { Site, type Locate } from './site.ts';

/**
 * Reads a file that a policy names, by a path relative to the policy's own file.
 * @throws FILE_*, INPUT_TOO_LARGE, UTF8_INVALID
 */
export type ReadCueFile = (path: string) => CueSource;

/**
 * The policy with the text of each CUE file that it names in the place of its path: so that its digest is over all that
 * it asks.
 * @throws POLICY_INVALID where there is nothing that could read files, and what reading throws
 */
export function withCueFiles(
  document: PolicyDocument,
  locate: Locate,
  read: ReadCueFile | undefined,
): PolicyDocument {
  if (document.requirements.every(({ cue }) => cue === undefined || typeof cue === 'string')) return document;
  const requirements = document.requirements.map((requirement, index) => {
    const { cue } = requirement;
    if (cue === undefined || typeof cue === 'string') return requirement;
    const site = new Site(locate, ['requirements', index, 'cue', 'files']);
    const files = cue.files.map((file, at) =>
      typeof file === 'string' ? (read?.(file) ?? elsewhere(site.child(at))) : file,
    );
    return { ...requirement, cue: { ...cue, files } };
  });
  return { ...document, requirements };
}

function elsewhere(site: Site): never {
  return site.refuse('is a file, and the policy came without files', {
    expected: 'the CUE itself as a text: "cue": "..."',
    hint: 'a policy that travels, as in an evidence pack, has to hold its CUE',
  });
}

/** The texts of a requirement's CUE, named for positions. */
export function cueSources(cue: string | CueDocument, site: Site): readonly CueSource[] {
  if (typeof cue === 'string') {
    const file = site.position()?.file ?? 'policy';
    return [{ name: `${file}#/${site.path.join('/')}`, text: cue }];
  }
  return cue.files.map((file, index) =>
    typeof file === 'string' ? elsewhere(site.child('files', index)) : file,
  );
}
