import { Random } from '../../fuzz/random.ts';
import type { CueCase } from '../case.ts';
import type { KnownCase } from '../corpus.ts';
import type { Json } from './alphabet.ts';
import { documentFrom } from './document.ts';
import { documentsEach } from './generate.ts';
import { endOfGroup, tokensOf } from './tokens.ts';

const words = (
  'int string bool null _ _|_ 1 2 1.0 "x" {} {...} [...] [] * & | ? ! ... a b #D == != < + if if true close len . : , ( )' +
  ' && || =~ for let in error matchN'
).split(' ');

/** A case of the corpus with its policy changed token by token, and documents near its own. */
export function mutateCases(corpus: readonly KnownCase[], seed: number, index: number): CueCase[] {
  const random = new Random(seed, index, 1);
  const base = random.pick(corpus);
  let policies = base.policies;
  for (let changes = random.pick([0, 1, 1, 2, 3]); changes > 0; changes--) {
    const at = random.below(policies.length);
    const other = random.pick(corpus).policies[0] ?? '';
    policies = policies.map((text, which) => (which === at ? changedText(random, text, other) : text));
  }
  return Array.from({ length: documentsEach }, (_, at) => {
    const document = at === 0 ? base.document : nearDocument(random, base.document);
    return { name: `${seed}/${index}/${at}`, policies, document };
  });
}

function nearDocument(random: Random, document: string): string {
  try {
    const value: Json = JSON.parse(document);
    return JSON.stringify(documentFrom(random, value));
  } catch {
    const at = random.below(document.length);
    return document.slice(0, at) + random.pick(['', '"', '1', '{']) + document.slice(at + 1);
  }
}

function changedText(random: Random, text: string, other: string): string {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return other;
  const at = random.below(tokens.length);
  const end = endOfGroup(tokens, at);
  switch (random.below(8)) {
    case 0:
      return tokens.toSpliced(at, 1).join('');
    case 1:
      return tokens.toSpliced(at, 1, random.pick(words)).join('');
    case 2:
      return tokens.toSpliced(at, 0, random.pick(words)).join('');
    case 3:
      return tokens.toSpliced(at, 1, random.pick(tokens)).join('');
    case 4:
      return end < 0 ? `${text}\n${other}` : tokens.toSpliced(at, end - at + 1, random.pick(words)).join('');
    case 5:
      return end < 0 ? `${other}\n${text}` : tokens.toSpliced(end, 1).toSpliced(at, 1).join('');
    case 6: {
      const group = end < 0 ? [tokens[at] ?? ''] : tokens.slice(at, end + 1);
      return tokens.toSpliced(random.below(tokens.length), 0, ...group).join('');
    }
    default:
      return tokens.toSpliced(at, 1, `(${tokens[at]} | ${random.pick(words)})`).join('');
  }
}
