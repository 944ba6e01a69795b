import { Random } from '../../fuzz/random.ts';
import type { CueCase } from '../case.ts';
import type { Json } from './alphabet.ts';
import { documentFrom } from './document.ts';
import { writeFiles } from './files.ts';
import { writeJson } from './json-text.ts';
import { Writing } from './scope.ts';
import { anySample, writeDeclarations, writeStruct } from './struct.ts';

/** How many documents each policy is asked about. */
export const documentsEach = 5;

interface Generated {
  readonly name: string;
  /** Declarations of the policy's root. */
  readonly lines: readonly string[];
  readonly packages: ReadonlySet<string>;
  readonly documents: readonly Json[];
}

/** The cases of one policy. */
export function casesFrom(random: Random, { name, lines, packages, documents }: Generated): CueCase[] {
  const policies = writeFiles(random, lines, packages);
  return documents.map((document, at) => ({
    name: `${name}/${at}`,
    policies,
    document: writeJson(random, document),
  }));
}

/** The policy of a seed and an index, with documents that are made for it. */
export function generateCases(seed: number, index: number): CueCase[] {
  const random = new Random(seed, index, 0);
  const writing = new Writing(random, writeStruct);
  const depth = random.pick([1, 1, 2, 2, 3]);
  const { lines, sample } = writeDeclarations(writing, depth, 1 + random.below(4));
  const documents = Array.from({ length: documentsEach }, (_, at) =>
    documentFrom(random, at === documentsEach - 1 ? anySample(writing) : sample),
  );
  return casesFrom(random, { name: `${seed}/${index}`, lines, packages: writing.packages, documents });
}
