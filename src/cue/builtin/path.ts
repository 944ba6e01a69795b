/** Package path. */

import { BOOL_KIND, LIST_KIND, STRING_KIND } from '../value/kind.ts';
import type { DisjunctionValue } from '../value/value.ts';
import type { BuiltinCall, BuiltinFunction, BuiltinPackage, Result } from './builtin.ts';
import { define } from './define.ts';
import { octetText, textOfOctets } from './octet-text.ts';
import { matchesPath } from './path-match.ts';
import {
  base,
  clean,
  directory,
  extension,
  fromSlash,
  join,
  relative,
  resolve,
  split,
  toSlash,
} from './path-parts.ts';
import { pathSystem, type PathSystem } from './path-system.ts';

const OTHERS =
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd solaris zos'.split(' ');

/** The names that a parameter takes, the first of them its default or none. */
const systems = (first: readonly string[], hasDefault: boolean): DisjunctionValue => ({
  tag: 'disjunction',
  values: [...first, ...OTHERS].map((value) => ({ tag: 'string', value })),
  defaults: hasDefault ? 1 : 0,
  // the mark is lost on the way: unified with what is no name yet, it has no default
  marked: false,
});

const UNIX_FIRST = ['unix', 'windows', 'plan9'];
const REQUIRED = systems(UNIX_FIRST, false);
const UNIX = systems(UNIX_FIRST, true);
const WINDOWS = systems(['windows', 'unix', 'plan9'], true);

/** An argument's octets as text. */
const text = (call: BuiltinCall, index: number): string => octetText(call.octets(index));

/** A function whose last parameter names the operating system. */
const over = (
  name: string,
  parameters: readonly number[],
  result: number,
  call: (call: BuiltinCall, system: PathSystem) => Result,
  constraint = UNIX,
): BuiltinFunction => ({
  ...define(name, [...parameters, STRING_KIND], result, (c) =>
    call(c, pathSystem(c.string(parameters.length))),
  ),
  constraints: new Map([[parameters.length, constraint]]),
});

/** A function from path to path. */
const change = (
  name: string,
  changed: (path: string, system: PathSystem) => string,
  constraint = UNIX,
): BuiltinFunction =>
  over(
    name,
    [STRING_KIND],
    STRING_KIND,
    (c, system) => textOfOctets(changed(text(c, 0), system)),
    constraint,
  );

const TWO = [STRING_KIND, STRING_KIND] as const;

const joined = (call: BuiltinCall, system: PathSystem): string =>
  textOfOctets(
    join(
      call.stringList(0).map((part) => octetText(Buffer.from(part))),
      system,
    ),
  );

const volume = (path: string, system: PathSystem): string => system.volume(path);

export const path: BuiltinPackage = {
  path: 'path',
  constants: { Unix: '"unix"', Windows: '"windows"', Plan9: '"plan9"' },
  functions: [
    over('Split', [STRING_KIND], LIST_KIND, (c, system) => ({
      list: split(text(c, 0), system).map(textOfOctets),
    })),
    over(
      'SplitList',
      [STRING_KIND],
      LIST_KIND,
      (c, system) => ({ list: system.splitList(text(c, 0)).map(textOfOctets) }),
      REQUIRED,
    ),
    over('Join', [LIST_KIND], STRING_KIND, joined),
    over('Match', TWO, BOOL_KIND, (c, system) => matchesPath(text(c, 0), text(c, 1), system)),
    change('Clean', clean),
    change('ToSlash', toSlash, REQUIRED),
    change('FromSlash', fromSlash, REQUIRED),
    change('Ext', extension),
    over('Resolve', TWO, STRING_KIND, (c, system) => textOfOctets(resolve(text(c, 0), text(c, 1), system))),
    over('Rel', TWO, STRING_KIND, (c, system) => textOfOctets(relative(text(c, 0), text(c, 1), system))),
    change('Base', base),
    change('Dir', directory),
    over('IsAbs', [STRING_KIND], BOOL_KIND, (c, system) => system.isAbsolute(text(c, 0))),
    change('VolumeName', volume, WINDOWS),
  ],
};
