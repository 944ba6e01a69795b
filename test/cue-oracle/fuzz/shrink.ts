import type { CueCase } from '../case.ts';
import type { Json } from './alphabet.ts';
import { endOfGroup, tokensOf } from './tokens.ts';

/** Says of each case whether it still shows what is looked for. */
export type Shows = (cases: readonly CueCase[]) => Promise<readonly boolean[]>;

const rounds = 60;
const perRound = 400;

/** The smallest case near this one that still shows the same. */
export async function shrink(start: CueCase, shows: Shows): Promise<CueCase> {
  let best = start;
  for (let round = 0; round < rounds; round++) {
    const candidates = smaller(best).slice(0, perRound);
    const answers = await shows(candidates);
    const next = candidates.find((_, index) => answers[index] === true);
    if (next === undefined) return best;
    best = next;
  }
  return best;
}

/** Everything that is one step smaller, the greatest steps first. */
function smaller(base: CueCase): CueCase[] {
  const found = new Map<string, CueCase>();
  const add = (candidate: CueCase): void => {
    found.set(JSON.stringify([candidate.policies, candidate.document]), candidate);
  };
  if (base.policies.length > 1) {
    base.policies.forEach((_, at) => add({ ...base, policies: base.policies.toSpliced(at, 1) }));
  }
  base.policies.forEach((text, at) => {
    for (const shorter of smallerTexts(text)) add({ ...base, policies: base.policies.with(at, shorter) });
  });
  for (const document of smallerDocuments(base.document)) add({ ...base, document });
  return [...found.values()]
    .sort((a, b) => size(a) - size(b))
    .filter((candidate) => size(candidate) < size(base));
}

const size = ({ policies, document }: CueCase): number => policies.join('').length + document.length;

function smallerTexts(text: string): string[] {
  const tokens = tokensOf(text);
  const texts: string[] = [];
  for (
    let length = Math.ceil(tokens.length / 2);
    length >= 1;
    length = length > 1 ? Math.ceil(length / 2) : 0
  ) {
    const step = Math.max(1, Math.floor(length / 2));
    for (let at = 0; at < tokens.length; at += step) texts.push(tokens.toSpliced(at, length).join(''));
  }
  tokens.forEach((token, at) => {
    for (let length = 2; length <= 6; length++) texts.push(tokens.toSpliced(at, length).join(''));
    const end = endOfGroup(tokens, at);
    if (end > 0) {
      texts.push(tokens.toSpliced(at, end - at + 1).join(''));
      texts.push(tokens.toSpliced(at, end - at + 1, '1').join(''));
      texts.push(tokens.toSpliced(at, end - at + 1, '{}').join(''));
      texts.push(tokens.toSpliced(end, 1).toSpliced(at, 1).join(''));
    } else if (token.length > 1) texts.push(tokens.with(at, '1').join(''), tokens.with(at, '_').join(''));
  });
  return texts;
}

function smallerDocuments(document: string): string[] {
  let value: Json;
  try {
    value = JSON.parse(document);
  } catch {
    return [...document].map((_, at) => document.slice(0, at) + document.slice(at + 1));
  }
  return ['{}', ...smallerValues(value).map((smallerValue) => JSON.stringify(smallerValue))];
}

function smallerValues(value: Json): Json[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => [
      value.toSpliced(at, 1),
      item,
      ...smallerValues(item).map((inner) => value.with(at, inner)),
    ]);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => [
      Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)),
      item,
      ...smallerValues(item).map((inner) => ({ ...value, [name]: inner })),
    ]);
  }
  return value === 1 || value === null ? [] : [1];
}
