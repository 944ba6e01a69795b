import type { Random } from '../../fuzz/random.ts';
import type { Json } from './alphabet.ts';
import { writeLiteral } from './literals.ts';

/**
 * A constraint on one value, which mostly admits it.
 *
 * @param packages to which those are added that it uses
 * @param name of a field that holds the value, where there is one
 */
export function writeConstraint(
  random: Random,
  packages: Set<string>,
  value: Json,
  name: string | undefined,
): string {
  if (name !== undefined) return random.pick([name, `=~"\\(${name})"`, `${name} | null`, `"\\(${name})"`]);
  const literal = writeLiteral(random, value);
  if (random.chance(6)) return random.pick([literal, `${literal} | null`, `*${literal} | _`, '_', '!=null']);
  const { text, uses } = random.pick(choices(random, value, literal));
  if (uses !== undefined) packages.add(uses);
  return text;
}

type Choice = { readonly text: string; readonly uses?: string };

const of = (uses: string, ...texts: readonly string[]): Choice[] => texts.map((text) => ({ text, uses }));
const plain = (...texts: readonly string[]): Choice[] => texts.map((text) => ({ text }));

function choices(random: Random, value: Json, literal: string): readonly Choice[] {
  if (typeof value === 'number')
    return [
      ...plain(literal, 'int', 'number', '>=0', '<=7', '>=1 & <10', '!=2', 'int | string', `>${value - 1}`),
      ...of('math', 'math.MultipleOf(1)', 'math.MultipleOf(2)'),
    ];
  if (typeof value === 'boolean') return plain('bool', `${value}`, 'true | false', `!${!value}`);
  if (typeof value !== 'string') return plain('_', 'null', 'null | string');
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return timeChoices(literal);
  const start = JSON.stringify(value.slice(0, 1 + random.below(value.length)));
  return [
    ...plain(literal, literal, 'string', `${literal} | "x"`, '!=""', `>=${start}`, 'string & !~"^x"'),
    ...plain(pattern(random, value), pattern(random, value), `${pattern(random, value)} & !="x"`),
    ...plain(`or([${literal}, "y"])`, `and([string, ${literal}])`, `matchN(1, [${literal}, "x"])`),
    ...plain('matchIf(=~"^h", string, !="")', 'string & =~"."'),
    ...of('strings', `strings.HasPrefix(${start})`, 'strings.MinRunes(1)', 'strings.MaxRunes(64)'),
    ...of('strings', `strings.Contains(${start})`, `strings.Join([${literal}], "/")`),
    ...of('net', 'net.URL', 'net.AbsURL', 'string & net.FQDN'),
    ...of('regexp', `regexp.Match(${JSON.stringify(pattern(random, value).slice(3, -1))})`),
  ];
}

const timeChoices = (literal: string): readonly Choice[] => [
  ...plain(literal, 'string', '>"2024-01-01T00:00:00Z"', '<"2025"', '=~"Z$"'),
  ...of(
    'time',
    'time.Time',
    'time.Time',
    'time.Time() & >"2020-01-01T00:00:00Z"',
    'time.Format("2006-01-02")',
  ),
  ...of('time', '<time.Parse(time.RFC3339, "2030-01-01T00:00:00Z")', '!=time.Parse("2006", "2030")'),
  ...of('time', 'time.Format(time.RFC3339Nano)', '<=time.FormatString(time.RFC3339, "2030-01-01T00:00:00Z")'),
];

/** A regular expression that mostly matches. */
function pattern(random: Random, value: string): string {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|]/g, random.pick(['[$&]', '.']));
  const part = escaped.slice(0, 12).replace(/\[[^\]]*$/, '');
  return random.pick([
    `=~"^${escaped}$"`,
    `=~"^${part}"`,
    `=~"(?i)${part.toUpperCase()}"`,
    `=~"^[\\\\w:/.@+ -]+$"`,
    '=~"[0-9a-f]{4,}"',
    '=~"^https://|^git[+]"',
    '=~"\\\\p{L}+"',
    `!~"^${part}.{3}$"`,
    `=~#"^\\S+$"#`,
  ]);
}
