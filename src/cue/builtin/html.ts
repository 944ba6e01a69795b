/** Package html. */

import { STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&#34;'],
]);

/** @throws BuiltinError `unsupported` where the text has a reference: the names of HTML are too many to carry */
function unescape(text: string): string {
  if (text.includes('&')) throw new BuiltinError('a text with references', 'unsupported');
  return text;
}

export const html: BuiltinPackage = {
  path: 'html',
  functions: [
    define('Escape', [STRING_KIND], STRING_KIND, (c) =>
      c.string(0).replaceAll(/[&'<>"]/g, (found) => ESCAPES.get(found) ?? found),
    ),
    define('Unescape', [STRING_KIND], STRING_KIND, (c) => unescape(c.string(0))),
  ],
};
