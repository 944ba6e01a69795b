import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CueCase } from './case.ts';

const folder = join(import.meta.dirname, '../../policies');

/** Cosign's verdicts on the cases of the policies in CUE that are published here, `P` or `F` and the case a line. */
export const policiesRecord = join(import.meta.dirname, 'policies.txt');

/** Each case of each policy: `kubeedge-files/deny/no-builder.CUE_FIELD_MISSING.json`. */
export function policyCases(): readonly CueCase[] {
  const policies = readdirSync(folder).filter((name) => name.endsWith('.cue'));
  return policies.sort().flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const names = ['accept', 'deny'].flatMap((kind) => {
      const path = `${file.slice(0, -'.cue'.length)}/${kind}`;
      return readdirSync(join(folder, path)).map((name) => `${path}/${name}`);
    });
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return names.sort().map((name) => ({ name, policies: [text], document: read(name) }));
  });
}
