/** Paths taken apart and put together. Paths are texts of octets. */

import { BuiltinError } from './builtin.ts';
import type { PathSystem } from './path-system.ts';

export const fromSlash = (path: string, { separator }: PathSystem): string => path.replaceAll('/', separator);
export const toSlash = (path: string, { separator }: PathSystem): string => path.replaceAll(separator, '/');

/** The shortest path that names the same. */
export function clean(path: string, system: PathSystem): string {
  const volume = system.volume(path);
  const rest = path.slice(volume.length);
  if (rest === '') {
    return volume.length > 1 && path.charAt(1) !== ':' ? fromSlash(path, system) : `${path}.`;
  }
  const isRooted = system.isSeparator(rest.charAt(0));
  const names: string[] = [];
  for (const name of toSlash(rest, system).split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.length > 0 && names.at(-1) !== '..') names.pop();
    else if (!isRooted) names.push(name);
  }
  const cleaned = (isRooted ? system.separator : '') + names.join(system.separator);
  return fromSlash(volume, system) + (cleaned === '' ? '.' : cleaned);
}

/** Where the last name begins. */
function lastName(path: string, from: number, system: PathSystem): number {
  let at = path.length;
  while (at > from && !system.isSeparator(path.charAt(at - 1))) at--;
  return at;
}

export function split(path: string, system: PathSystem): readonly [directory: string, name: string] {
  const at = lastName(path, system.volume(path).length, system);
  return [path.slice(0, at), path.slice(at)];
}

export function base(path: string, system: PathSystem): string {
  if (path === '') return '.';
  let end = path.length;
  while (end > 0 && system.isSeparator(path.charAt(end - 1))) end--;
  const bare = path.slice(0, end);
  const rest = bare.slice(system.volume(bare).length);
  const name = rest.slice(lastName(rest, 0, system));
  return name === '' ? system.separator : name;
}

export function directory(path: string, system: PathSystem): string {
  const volume = system.volume(path);
  const cleaned = clean(path.slice(volume.length, lastName(path, volume.length, system)), system);
  return cleaned === '.' && volume.length > 2 ? volume : volume + cleaned;
}

export function extension(path: string, system: PathSystem): string {
  const name = path.slice(lastName(path, 0, system));
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

export function join(parts: readonly string[], system: PathSystem): string {
  const from = parts.findIndex((part) => part !== '');
  if (from < 0) return '';
  const filled = parts.slice(from);
  return system.separator === '/' ? clean(filled.join('/'), system) : joinVolume(filled, system);
}

/** Joined so that no drive is left and no share comes about. */
function joinVolume([first = '', ...rest]: readonly string[], system: PathSystem): string {
  const { separator } = system;
  const isShare = (path: string): boolean => system.volume(path).length > 2;
  if (first.length === 2 && first.endsWith(':')) {
    const from = rest.findIndex((part) => part !== '');
    return clean(first + (from < 0 ? '' : rest.slice(from).join(separator)), system);
  }
  const whole = clean([first, ...rest].join(separator), system);
  const head = clean(first, system);
  if (!isShare(whole) || isShare(head)) return whole;
  const tail = clean(rest.join(separator), system);
  return head.endsWith(separator) ? head + tail : head + separator + tail;
}

export function resolve(parent: string, path: string, system: PathSystem): string {
  if (system.isAbsolute(path)) return clean(path, system);
  return join([clean(parent, system), path], system);
}

/** The way from one path to another. @throws BuiltinError where there is none */
export function relative(from: string, to: string, system: PathSystem): string {
  const start = clean(from, system);
  const goal = clean(to, system);
  if (system.isSameName(goal, start)) return '.';
  const [volume, goalVolume] = [system.volume(from), system.volume(to)];
  const startRest = start.slice(volume.length);
  const startNames = namesOf(startRest === '.' ? '' : startRest, system);
  const goalNames = namesOf(goal.slice(goalVolume.length), system);
  const isRooted = startNames[0] === '';
  if (isRooted !== (goalNames[0] === '') || !system.isSameName(volume, goalVolume)) throw unreachable();
  const differs = startNames.findIndex((name, i) => {
    const other = goalNames[i];
    return other === undefined || !system.isSameName(other, name);
  });
  const common = differs < 0 ? startNames.length : differs;
  if (startNames[common] === '..') throw unreachable();
  const ups = startNames.slice(common).map(() => '..');
  return [...ups, ...goalNames.slice(common)].join(system.separator);
}

const unreachable = (): BuiltinError => new BuiltinError('a path that is not relative to the other');

/** A rooted path begins with an empty name. */
function namesOf(path: string, { separator }: PathSystem): readonly string[] {
  if (path === '' || path === separator) return path === '' ? [] : [''];
  return path.split(separator);
}
