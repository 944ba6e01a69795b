/** Import paths: what may be written between the quotes; whether a package is there is the compiler's question. */

import { isWord } from './characters.ts';

const illegal = /[!"#$%&'()*,:;<=>?[\\\]^`{|}\ufffd]/;

/** `path`, or `path:name` whose name may be anything. */
export function isImportPath(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const path = colon === -1 ? text : text.slice(0, colon);
  // Most paths are plain; the long class takes a while to compile.
  return isPlain(path) || (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(path) && !illegal.test(path));
}

/** Letters, digits, `_`, `.`, `-` and `/` of ASCII alone. */
function isPlain(path: string): boolean {
  if (path === '') return false;
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    const joins = code === 0x2e || code === 0x2d || code === 0x2f;
    if (!joins && (code === 0x24 || code >= 0x80 || !isWord(code))) return false;
  }
  return true;
}
