import { Random } from '../../fuzz/random.ts';
import type { CueCase } from '../case.ts';
import { documentFrom } from './document.ts';
import { Writing } from './scope.ts';
import { anySample, writeDeclarations, writeStruct } from './struct.ts';

/** How many documents each policy is asked about. */
export const documentsEach = 5;

/** The policy of a seed and an index, with documents that are made for it. */
export function generateCases(seed: number, index: number): CueCase[] {
  const random = new Random(seed, index, 0);
  const writing = new Writing(random, writeStruct);
  const depth = random.pick([1, 1, 2, 2, 3]);
  const { lines, sample } = writeDeclarations(writing, depth, 1 + random.below(4));
  const imports = [...writing.packages].map((name) => `import "${name}"\n`).join('');
  const policies = [`${imports}${lines.join('\n')}\n`];
  return Array.from({ length: documentsEach }, (_, at) => {
    const base = at === documentsEach - 1 ? anySample(writing) : sample;
    const document = JSON.stringify(documentFrom(random, base));
    return { name: `${seed}/${index}/${at}`, policies, document };
  });
}
