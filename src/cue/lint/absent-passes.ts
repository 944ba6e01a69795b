import type * as ast from '../syntax/ast.ts';
import type { CueFinding } from './finding.ts';
import { isPrivate, nameOfLabel, positionIn, structsIn, valueOf, type Source } from './source.ts';
import { IN_STATEMENT, rootFields } from './statement-field.ts';
import { pathText } from './walk.ts';

/** A field that a document may lack for cosign. */
type Gap = { readonly path: readonly string[]; readonly field: ast.Field; readonly source: Source };

const NAMED = 4;
const DEEPEST = 12;

/** Fields that cosign passes where they are absent, told once for a policy. */
export function absentPasses(sources: readonly Source[]): readonly CueFinding[] {
  const fields = sources.flatMap(rootFields).filter(({ name }) => IN_STATEMENT.has(name));
  const gaps = fields.flatMap(({ field, name, source }) => gapsOf({ field, path: [name], source }));
  const [first] = gaps;
  if (first === undefined) return [];
  const names = [...new Set(gaps.map(({ path }) => pathText(path)))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return [
    {
      rule: 'absent-passes',
      level: 'note',
      at: positionIn(first.source, first.field.label),
      message: `cosign passes a document that lacks ${names.slice(0, NAMED).join(', ')}${more}; edgeseal refuses it, unless --cue-compat=cosign`,
      hint: `with ! after the name cosign requires the field as well; with ? it may be absent for both`,
    },
  ];
}

/** The innermost fields that are constrained without a mark. */
function gapsOf({ field, path, source }: Gap): readonly Gap[] {
  if (field.presence === 'optional' || path.length > DEEPEST) return [];
  const x = valueOf(field);
  const inner = innerFields({ x, source, path });
  if (inner === undefined || field.presence === 'required') return inner?.flatMap(gapsOf) ?? [];
  const own = inner.length === 0 || x.kind === 'list' ? [{ field, path, source }] : [];
  return [...own, ...inner.flatMap(gapsOf)];
}

type Value = { readonly x: ast.Expression; readonly source: Source; readonly path: readonly string[] };

/** The fields within a value; undefined where the text does not tell them. */
function innerFields({ x, source, path }: Value): readonly Gap[] | undefined {
  if (x.kind === 'list') {
    const items = [...x.elements, ...(x.ellipsis?.x === undefined ? [] : [x.ellipsis.x])];
    return items.flatMap((item) => {
      if (item.kind === 'comprehension') return [];
      return innerFields({ x: item, source, path: [...path, '[]'] }) ?? [];
    });
  }
  const written = x.kind === 'struct' ? [{ declarations: x.declarations, source }] : undefined;
  const structs = structsIn({ x, source }) ?? written;
  return structs?.flatMap((struct) =>
    struct.declarations.flatMap((each) => {
      const name = each.kind === 'field' && !isPrivate(each.label) ? nameOfLabel(each.label) : undefined;
      if (each.kind !== 'field' || name === undefined) return [];
      return [{ field: each, path: [...path, name], source: struct.source }];
    }),
  );
}
