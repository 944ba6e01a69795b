/** Package html. */

import { STRING_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinPackage } from './builtin.ts';
import { define } from './define.ts';

const ESCAPES: readonly (readonly [character: string, reference: string])[] = [
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&#34;'],
];

/** @throws BuiltinError `unsupported` where the text has a reference: the names of HTML are too many to carry */
function unescape(text: string): string {
  if (text.includes('&')) throw new BuiltinError('a text with references', 'unsupported');
  return text;
}

export const html: BuiltinPackage = {
  path: 'html',
  functions: [
    define('Escape', [STRING_KIND], STRING_KIND, (c) =>
      ESCAPES.reduce((text, [character, reference]) => text.replaceAll(character, reference), c.string(0)),
    ),
    define('Unescape', [STRING_KIND], STRING_KIND, (c) => unescape(c.string(0))),
  ],
};
