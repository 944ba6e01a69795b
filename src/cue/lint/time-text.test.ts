import { testRules, type Row } from './rule.test-data.ts';

const rows: readonly Row[] = [
  ['time-offset', 'a bound', 'predicate: t: <"2030-01-01T00:00:00+02:00"', 'p0.cue:1:16'],
  [
    'time-offset',
    'a condition',
    'predicate: {t: string, if t > "2030-01-01T00:00:00-01:00" {e: 1}}',
    'p0.cue:1:31',
  ],
  ['time-offset', 'Z', 'predicate: t: <"2030-01-01T00:00:00Z"', undefined],
  [
    'time-offset',
    'read as a time',
    'import "time"\npredicate: t: <time.Parse(time.RFC3339, "2030-01-01T00:00:00+02:00")',
    undefined,
  ],
  ['time-offset', 'equality', 'predicate: t: "2030-01-01T00:00:00+02:00"', undefined],

  ['time-as-text', 'a bound', 'predicate: t: <"2030-01-01T00:00:00Z"', 'p0.cue:1:15'],
  [
    'time-as-text',
    'by a name',
    'import "time"\nlet x = time.Parse(time.RFC3339, "2030-01-01T00:00:00Z")\npredicate: t: time.Time & <x',
    'p0.cue:3:27',
  ],
  ['time-as-text', 'that ends in Z', 'predicate: t: <"2030-01-01T00:00:00Z" & =~"Z$"', undefined],
  [
    'time-as-text',
    'that ends in Z by a name',
    '#T: =~"Z$"\npredicate: t: #T & <"2030-01-01T00:00:00Z"',
    undefined,
  ],
  ['time-as-text', 'no time', 'predicate: t: <"2030"', undefined],

  ['time-as-text', 'in parentheses', 'predicate: t: <("2030-01-01T00:00:00Z")', 'p0.cue:1:15'],
  [
    'time-as-text',
    'two bounds, told once',
    'predicate: t: >"2029-01-01T00:00:00Z" & <"2030-01-01T00:00:00Z"',
    'p0.cue:1:15',
  ],
  [
    'time-as-text',
    'beside what the text does not tell',
    'predicate: {for x in ["a"] {t: x & <"2030-01-01T00:00:00Z"}}',
    'p0.cue:1:36',
  ],
  [
    'time-as-text',
    'that ends in Z, in parentheses',
    'predicate: t: (=~"Z$") & <"2030-01-01T00:00:00Z"',
    undefined,
  ],
  ['time-as-text', 'of an element', 'predicate: {for x in ["a"] {t: <x}}', undefined],
  ['time-as-text', 'of no field', '<"2030-01-01T00:00:00Z"', undefined],
  [
    'time-as-text',
    'another call',
    'import "time"\npredicate: t: <time.FormatString("2006", "2030-01-01T00:00:00Z")',
    undefined,
  ],
];

testRules(rows);
