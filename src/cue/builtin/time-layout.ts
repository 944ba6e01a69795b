/** Go's layouts of times: texts in which the parts of a reference time stand for its parts. */

/** `token` is the reference's part as the layout has it, `prefix` the plain text before it. */
export type LayoutPart = { readonly prefix: string; readonly token: string };
export type Layout = { readonly parts: readonly LayoutPart[]; readonly suffix: string };

const TOKENS = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm',
    '-070000|-07:00:00|-0700|-07:00|-07',
    'Z070000|Z07:00:00|Z0700|Z07:00|Z07',
    '[.,](?:0+|9+)(?![0-9])',
  ].join('|'),
  'g',
);

export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';
export const RFC3339 = '2006-01-02T15:04:05Z07:00';

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

/** Layouts that were read and are not long: policies use few, again and again. */
const CACHED = 64;
const LONGEST_CACHED = 128;
const cache = new Map<string, Layout>();

export function readLayout(layout: string): Layout {
  let known = cache.get(layout);
  if (known === undefined) {
    known = read(layout);
    if (layout.length > LONGEST_CACHED) return known;
    if (cache.size >= CACHED) cache.clear();
    cache.set(layout, known);
  }
  return known;
}

function read(layout: string): Layout {
  const parts: LayoutPart[] = [];
  let end = 0;
  for (const match of layout.matchAll(TOKENS)) {
    parts.push({ prefix: layout.slice(end, match.index), token: match[0] });
    end = match.index + match[0].length;
  }
  return { parts, suffix: layout.slice(end) };
}

/** `.000` or `,999`: fractions of a second. */
export const isFraction = (token: string): boolean => token.startsWith('.') || token.startsWith(',');

/** `Z07:00` or `-0700`: an offset from UTC. */
export const isOffset = (token: string): boolean => token.startsWith('Z') || token.startsWith('-');
