/** Package regexp. */

import { BOOL_KIND, INT_KIND, LIST_KIND, STRING_KIND, STRUCT_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage, type ResultStruct } from './builtin.ts';
import { define } from './define.ts';
import { int } from './integer-argument.ts';
import { limitText } from './limits.ts';
import { compileRegexp, loadRegexp, type Regexp, type Span } from './regexp-engine.ts';
import { expand, findAll, replaceAll, textOf } from './regexp-find.ts';
import { compareText } from './rune.ts';

const TEXTS = [STRING_KIND, STRING_KIND] as const;
const TEXTS_INT = [STRING_KIND, STRING_KIND, INT_KIND] as const;
const SPECIAL = /[\\.+*?()|[\]{}^$]/g;

const noMatch = (): BuiltinError => new BuiltinError('no match');

function first(call: BuiltinCall): readonly Span[] {
  const spans = compileRegexp(call.string(0)).find(call.string(1), 0);
  if (spans === undefined) throw noMatch();
  return spans;
}

function all(call: BuiltinCall): readonly (readonly Span[])[] {
  const found = findAll(compileRegexp(call.string(0)), call.string(1), int(call, 2));
  if (found.length === 0) throw noMatch();
  return found;
}

const texts = (call: BuiltinCall, spans: readonly Span[]): { readonly list: readonly string[] } => ({
  list: spans.map((span) => textOf(call.string(1), span)),
});

function named(call: BuiltinCall, spans: readonly Span[]): ResultStruct {
  const { groupNames } = compileRegexp(call.string(0));
  const groups = groupNames()
    .map((name, i) => [name, textOf(call.string(1), spans[i + 1])] as const)
    .filter(([name]) => name !== '')
    .sort(([x], [y]) => compareText(x, y));
  return { struct: new Map(groups) };
}

function replace(call: BuiltinCall, by: (regexp: Regexp, spans: readonly Span[]) => string): string {
  const regexp = compileRegexp(call.string(0));
  const source = call.string(1);
  let length = source.length;
  return replaceAll(regexp, source, (spans) => {
    const piece = by(regexp, spans);
    length += piece.length;
    limitText(length);
    return piece;
  });
}

export const regexp: BuiltinPackage = {
  path: 'regexp',
  prepare: loadRegexp,
  functions: [
    define('Find', TEXTS, STRING_KIND, (c) => textOf(c.string(1), first(c)[0])),
    define('FindAll', TEXTS_INT, LIST_KIND, (c) => ({
      list: all(c).map(([whole]) => textOf(c.string(1), whole)),
    })),
    define('FindAllNamedSubmatch', TEXTS_INT, LIST_KIND, (c) => ({
      list: all(c).map((spans) => named(c, spans)),
    })),
    define('FindAllSubmatch', TEXTS_INT, LIST_KIND, (c) => ({
      list: all(c).map((spans) => texts(c, spans)),
    })),
    define('FindNamedSubmatch', TEXTS, STRUCT_KIND, (c) => named(c, first(c))),
    define('FindSubmatch', TEXTS, LIST_KIND, (c) => texts(c, first(c))),
    define('ReplaceAll', [...TEXTS, STRING_KIND], STRING_KIND, (c) =>
      replace(c, (regexp, spans) => expand(c.string(2), regexp, c.string(1), spans)),
    ),
    define('ReplaceAllLiteral', [...TEXTS, STRING_KIND], STRING_KIND, (c) => replace(c, () => c.string(2))),
    define('Valid', [STRING_KIND], BOOL_KIND, (c) => {
      compileRegexp(c.string(0));
      return true;
    }),
    define('Match', TEXTS, BOOL_KIND, (c) => compileRegexp(c.string(0)).test(c.string(1))),
    define('QuoteMeta', [STRING_KIND], STRING_KIND, (c) => c.string(0).replaceAll(SPECIAL, '\\$&')),
  ],
};
