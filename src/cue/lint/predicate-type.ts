import type { CueFinding } from './finding.ts';
import { valueOf, positionIn, type Source } from './source.ts';
import { rootFields } from './statement-field.ts';

/** A policy that says what a predicate holds, and of no type. */
export function openPredicateTypes(sources: readonly Source[]): readonly CueFinding[] {
  const fields = sources.flatMap(rootFields);
  const predicate = fields.find(({ name, field }) => name === 'predicate' && !isAny(field));
  const isFixed = fields.some(({ name, field }) => name === 'predicateType' && !isAny(field));
  if (predicate === undefined || isFixed) return [];
  return [
    {
      rule: 'open-predicate-type',
      level: 'note',
      at: positionIn(predicate.source, predicate.field.label),
      message:
        'the policy says what the predicate holds and not of which type: that is left to --type, or to the policy around it',
      hint: 'add predicateType: "https://...", so that the policy holds by itself',
    },
  ];
}

/** `_` and `string` ask for nothing. */
function isAny(field: Parameters<typeof valueOf>[0]): boolean {
  const value = valueOf(field);
  return value.kind === 'ident' && (value.name === '_' || value.name === 'string');
}
