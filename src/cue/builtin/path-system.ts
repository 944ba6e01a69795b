/** What tells the paths of operating systems apart. Paths are texts of octets. */

import { BuiltinError } from './builtin.ts';

export type PathSystem = {
  readonly separator: '/' | '\\';
  readonly isSeparator: (unit: string) => boolean;
  /** A drive or a share at the beginning. */
  readonly volume: (path: string) => string;
  readonly isAbsolute: (path: string) => boolean;
  readonly splitList: (text: string) => readonly string[];
  readonly isSameName: (a: string, b: string) => boolean;
};

const slashed = (isAbsolute: (path: string) => boolean, listSeparator: string): PathSystem => ({
  separator: '/',
  isSeparator: (unit) => unit === '/',
  volume: () => '',
  isAbsolute,
  splitList: (text) => (text === '' ? [] : text.split(listSeparator)),
  isSameName: (a, b) => a === b,
});

const unix = slashed((path) => path.startsWith('/'), ':');
const plan9 = slashed((path) => /^[/#]/.test(path), '\0');

const RESERVED = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;
const DRIVE = /^[A-Za-z]:/;
/** A server's name and that of a share of it. */
const SHARE = /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*/;

const windows: PathSystem = {
  separator: '\\',
  isSeparator: (unit) => unit === '\\' || unit === '/',
  volume: (path) => (DRIVE.exec(path) ?? SHARE.exec(path))?.[0] ?? '',
  isAbsolute(path) {
    if (RESERVED.test(path)) return true;
    const volume = windows.volume(path);
    return volume !== '' && /^[\\/]/.test(path.slice(volume.length));
  },
  splitList: splitQuoted,
  isSameName(a, b) {
    if (a === b) return true;
    if (/[\x80-\xff]/.test(a + b))
      throw new BuiltinError('paths of Windows that are not ASCII', 'unsupported');
    return a.toLowerCase() === b.toLowerCase();
  },
};

/** At semicolons outside of quotes; the quotes go. */
function splitQuoted(text: string): readonly string[] {
  if (text === '') return [];
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (const unit of text) {
    if (unit === '"') isQuoted = !isQuoted;
    else if (unit === ';' && !isQuoted) {
      parts.push(part);
      part = '';
    } else part += unit;
  }
  return [...parts, part];
}

export const pathSystem = (name: string): PathSystem =>
  name === 'windows' ? windows : name === 'plan9' ? plan9 : unix;
