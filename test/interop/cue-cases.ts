import { generatorClaims, githubClaims } from '../sigstore/claims.ts';
import { generatorProvenance } from '../sigstore/statement.ts';
import { predicates } from './attested.ts';

/** One image: what is attested of it, the policy, and what cosign says by it. */
export interface CueCase {
  readonly name: string;
  /** As given to `--type`. */
  readonly type: string;
  /** JSON of the predicate; undefined for none. */
  readonly predicate: string | undefined;
  /** Members beside those of a statement. */
  readonly beside?: string | undefined;
  readonly policy: string | readonly string[];
  readonly cosign: 'accepts' | 'refuses';
  /** What the safe mode says: accepted, or the reason. */
  readonly safe: string;
}

const OWN = 'https://example.com/review/v1';
const MISSING = 'CUE_FIELD_MISSING';
const MISMATCH = 'CUE_MISMATCH';

type Row = readonly [
  name: string,
  predicate: string | undefined,
  policy: string | readonly string[],
  cosign: 'accepts' | 'refuses',
  safe: string,
];

const rows = (type: string, table: readonly Row[]): readonly CueCase[] =>
  table.map(([name, predicate, policy, cosign, safe]) => ({ name, type, predicate, policy, cosign, safe }));

const reviews = rows(OWN, [
  ['a value', '{"a":"x"}', 'predicate: a: "x"', 'accepts', 'accepts'],
  ['another value', '{"a":"y"}', 'predicate: a: "x"', 'refuses', MISMATCH],
  ['no such field', '{}', 'predicate: a: "x"', 'accepts', MISSING],
  ['no such field, nested', '{}', 'predicate: a: b: c: =~"^x"', 'accepts', MISSING],
  ['an optional field that is absent', '{}', 'predicate: a?: "x"', 'accepts', 'accepts'],
  ['an optional field that is another', '{"a":"y"}', 'predicate: a?: "x"', 'refuses', MISMATCH],
  ['a required field that is absent', '{}', 'predicate: a!: "x"', 'refuses', MISSING],
  ['a required field', '{"a":"x"}', 'predicate: a!: "x"', 'accepts', 'accepts'],
  ['no predicate', undefined, 'predicate: a: "x"', 'accepts', MISSING],
  ['a bound on nothing', '{}', 'predicate: score: >=7', 'accepts', MISSING],
  ['a bound', '{"score":7.5}', 'predicate: score: >=7', 'accepts', 'accepts'],
  ['below the bound', '{"score":6}', 'predicate: score: >=7', 'refuses', MISMATCH],
  ['a choice', '{"a":"y"}', 'predicate: a: "x" | "y"', 'accepts', 'accepts'],
  ['none of a choice', '{"a":"z"}', 'predicate: a: "x" | "y"', 'refuses', MISMATCH],
  ['a choice of nothing', '{}', 'predicate: a: "x" | "y"', 'accepts', MISSING],
  ['a closed definition', '{"a":"x","b":1}', '#P: a: "x"\npredicate: #P', 'refuses', MISMATCH],
  ['an open one', '{"a":"x","b":1}', '#P: {a: "x", ...}\npredicate: #P', 'accepts', 'accepts'],
  ['a list', '{"l":["a","b"]}', 'predicate: l: [...=~"^[ab]$"]', 'accepts', 'accepts'],
  ['a list with another', '{"l":["a","c"]}', 'predicate: l: [...=~"^[ab]$"]', 'refuses', MISMATCH],
  [
    'a list of enough',
    '{"l":["a"]}',
    'import "list"\npredicate: l: [...] & list.MinItems(2)',
    'refuses',
    MISMATCH,
  ],
  ['no list', '{}', 'import "list"\npredicate: l: [...] & list.MinItems(2)', 'accepts', MISSING],
  [
    'a time',
    '{"t":"2026-01-01T00:00:00Z"}',
    'import "time"\npredicate: t: time.Time\npredicate: t: <"2027"',
    'accepts',
    'accepts',
  ],
  ['no time', '{}', 'import "time"\npredicate: t: time.Time', 'accepts', MISSING],
  ['1.0 is 1 to cosign', '{"n":1.0}', 'predicate: n: int', 'accepts', MISMATCH],
  ['1.0 as it is', '{"n":1.0}', 'predicate: n: float', 'refuses', 'accepts'],
  ['many digits', '{"n":12345678901234567890}', 'predicate: n: 12345678901234567000', 'accepts', MISMATCH],
  ['a condition within a field', '{"a":1}', 'predicate: {a: int, if a > 0 {b: 2}}', 'accepts', MISSING],
  [
    'a condition at the root',
    '{"a":1}',
    'predicate: a: int\nif predicate.a > 0 {}',
    'refuses',
    'POLICY_CUE_INVALID',
  ],
  ['an empty policy', '{}', '', 'accepts', 'accepts'],
  ['the type', '{}', 'predicateType: "https://example.com/review/v1"', 'accepts', 'accepts'],
  ['another type', '{}', 'predicateType: "https://example.com/other"', 'refuses', MISMATCH],
  ['_type unquoted is hidden', '{}', '_type: "nothing"', 'accepts', 'accepts'],
  ['"_type"', '{}', '"_type": "nothing"', 'refuses', MISMATCH],
  ['two files', '{"a":1,"b":1}', ['predicate: a: 1', 'predicate: b: 1'], 'accepts', 'accepts'],
  ['two files, one fails', '{"a":1,"b":2}', ['predicate: a: 1', 'predicate: b: 1'], 'refuses', MISMATCH],
  ['a variable of the policy', '{"a":"v"}', 'before: "v"\npredicate: a: before', 'accepts', 'accepts'],
]);

const faulty = rows(OWN, [
  ['no CUE', '{}', 'predicate: {', 'refuses', 'POLICY_CUE_INVALID'],
  ['a reference to nothing', '{}', 'predicate: a: nothing', 'refuses', 'POLICY_CUE_INVALID'],
  ['an unused import', '{}', 'import "list"', 'refuses', 'POLICY_CUE_INVALID'],
  ['two packages', '{}', ['package a', 'package b'], 'refuses', 'POLICY_CUE_INVALID'],
]);

const SPDX = JSON.stringify(predicates.spdxjson('n'));

const generated = generatorProvenance([], { ...githubClaims, ...generatorClaims })['predicate'];

/** What the SLSA generator writes, without some of its members. */
function provenanceWithout(...left: readonly string[]): string {
  return JSON.stringify(generated, (key, value: unknown) => (left.includes(key) ? undefined : value));
}

const typed: readonly CueCase[] = [
  ...rows('slsaprovenance', [
    [
      'provenance',
      provenanceWithout(),
      'predicate: builder: id: =~"^https://github.com/"',
      'accepts',
      'accepts',
    ],
    ['another builder', provenanceWithout(), 'predicate: builder: id: =~"^https://b"', 'refuses', MISMATCH],
    [
      'provenance without metadata',
      provenanceWithout('metadata'),
      'predicate: metadata: reproducible: true',
      'accepts',
      MISSING,
    ],
    [
      'provenance without what cosign adds',
      provenanceWithout('reproducible'),
      'predicate: metadata: reproducible: false',
      'accepts',
      MISSING,
    ],
    [
      'provenance without what cosign adds, asked for',
      provenanceWithout('reproducible'),
      'predicate: metadata: reproducible: true',
      'refuses',
      MISSING,
    ],
    [
      'provenance with what cosign drops',
      provenanceWithout(),
      'predicate: invocation: environment: github_nothing: "x"',
      'accepts',
      MISSING,
    ],
  ]),
  ...rows('slsaprovenance02', [
    [
      'provenance, not by structures',
      provenanceWithout('reproducible'),
      'predicate: metadata: reproducible: true',
      'accepts',
      MISSING,
    ],
  ]),
  ...rows('link', [
    ['link', '{"name":"n","command":["make"]}', 'predicate: command: ["make"]', 'accepts', 'accepts'],
    ['link without command', '{"name":"n"}', 'predicate: command: [...string]', 'refuses', MISSING],
    ['link with nothing of it', '{}', 'predicate: name: ""', 'accepts', MISSING],
    ['link with more', '{"name":"n","more":1}', 'predicate: more: 2', 'accepts', MISMATCH],
    ['link of another form', '{"command":"make"}', 'predicate: command: _', 'refuses', 'accepts'],
  ]),
  ...rows('spdxjson', [
    ['SPDX', SPDX, 'predicate: spdxVersion: "SPDX-2.3"', 'accepts', 'accepts'],
    ['SPDX without a comment', SPDX, 'predicate: comment: =~"^reviewed"', 'accepts', MISSING],
  ]),
  ...rows('cyclonedx', [
    [
      'CycloneDX',
      '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1}',
      'predicate: version: 1',
      'accepts',
      'accepts',
    ],
    [
      'CycloneDX without components',
      '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1}',
      'predicate: components: [...{name: !="left-pad"}]',
      'accepts',
      MISSING,
    ],
  ]),
  ...rows('vuln', [
    [
      'a scan',
      '{"scanner":{"uri":"s","result":{"SchemaVersion":2,"Results":[]}},"metadata":{"scanStartedOn":"2026-01-01T00:00:00.100Z","scanFinishedOn":"2026-01-01T00:00:00.000Z"}}',
      'predicate: metadata: scanFinishedOn: "2026-01-01T00:00:00Z"',
      'accepts',
      MISMATCH,
    ],
    [
      'a scan without _type',
      '{"scanner":{"uri":"s","result":{"SchemaVersion":2,"Results":[]}},"metadata":{"scanStartedOn":"2026-01-01T00:00:00Z","scanFinishedOn":"2026-01-01T00:00:00Z"}}',
      '"_type": "anything at all"',
      'accepts',
      MISMATCH,
    ],
  ]),
  ...rows('custom', [
    ['custom', '{"Data":"d","Timestamp":"t"}', 'predicate: Data: "d"', 'accepts', 'accepts'],
    ['custom without data', '{"Timestamp":"t"}', 'predicate: Data: "d"', 'accepts', MISSING],
    ['custom, a null', '{"Data":null}', 'predicate: Data: string', 'refuses', MISMATCH],
  ]),
  ...rows('openvex', [
    ['OpenVEX', '{"author":"a","statements":[]}', 'predicate: author: "a"', 'accepts', 'accepts'],
    ['OpenVEX by nobody', '{"statements":[]}', 'predicate: author: "a"', 'accepts', MISSING],
  ]),
];

const strange: readonly CueCase[] = [
  {
    name: 'a member beside those of a statement',
    type: OWN,
    predicate: '{"a":"x"}',
    beside: '"more":1',
    policy: 'predicate: a: "x"',
    cosign: 'refuses',
    safe: 'accepts',
  },
  {
    name: 'a predicate that is a text',
    type: 'custom',
    predicate: '"text"',
    policy: '',
    cosign: 'refuses',
    safe: 'accepts',
  },
];

export const cueCases: readonly CueCase[] = [...reviews, ...faulty, ...typed, ...strange];
