import { nearest } from '#core/errors/nearest';
import type * as ast from '../syntax/ast.ts';
import type { CueFinding } from './finding.ts';
import { isPrivate, nameOfLabel, positionIn, readsFields, structsIn, type Source } from './source.ts';

/** What an in-toto statement has (Statement v1 and v0.1). */
const FIELDS = ['_type', 'subject', 'predicateType', 'predicate'] as const;
export const IN_STATEMENT: ReadonlySet<string> = new Set(FIELDS);

/** A field of the policy's root, also by way of what is embedded there. */
export type RootField = { readonly field: ast.Field; readonly name: string; readonly source: Source };

export function rootFields(source: Source): readonly RootField[] {
  return source.file.declarations.flatMap((each) => {
    if (each.kind === 'field') return named([each], source);
    if (each.kind !== 'embedding') return [];
    const structs = structsIn({ x: each.x, source }) ?? [];
    return structs.flatMap((struct) =>
      named(
        struct.declarations.filter((inner) => inner.kind === 'field'),
        struct.source,
      ),
    );
  });
}

const named = (fields: readonly ast.Field[], source: Source): readonly RootField[] =>
  fields.flatMap((field) => {
    const name = isPrivate(field.label) ? undefined : nameOfLabel(field.label);
    return name === undefined ? [] : [{ field, name, source }];
  });

/**
 * Fields at the root that no statement has.
 *
 * @param variables names at the root that are variables of the policy
 */
export function notInStatement(source: Source, variables: ReadonlySet<string>): readonly CueFinding[] {
  const seen = new Set<string>();
  return rootFields(source).flatMap((each) => {
    const { field, name } = each;
    if (IN_STATEMENT.has(name) || variables.has(name) || seen.has(name)) return [];
    seen.add(name);
    const meant = FIELDS.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, FIELDS);
    return [
      {
        rule: 'not-in-statement',
        level: 'warning',
        at: positionIn(each.source, field.label),
        message: `an in-toto statement has no field ${JSON.stringify(name.slice(0, 100))}: ${effectOf(each)}`,
        hint: meant === undefined ? hintFor(name) : `did you mean ${meant === '_type' ? '"_type"' : meant}?`,
      } as const,
    ];
  });
}

function effectOf({ field, source }: RootField): string {
  if (field.presence === 'optional') return 'what is asked of it is never asked';
  if (readsFields(field, source)) return 'the safe mode misses it in every document';
  return 'cosign asks nothing of any document by it, and the safe mode misses it in all';
}

const hintFor = (name: string): string =>
  `if it is a step of the policy's own, hide it, then it is evaluated as well: _${/^[A-Za-z]\w*$/.test(name) ? name : 'name'}:`;
