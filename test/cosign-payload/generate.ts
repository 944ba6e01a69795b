import { Random } from '../fuzz/random.ts';
import type { Question } from './answer.ts';
import { types, uriOf } from './written-cases.ts';

const NAMES =
  'builder id buildType invocation configSource uri digest entryPoint parameters environment buildConfig metadata buildInvocationID buildStartedOn buildFinishedOn completeness materials reproducible _type name products byproducts command event_id builder.id scanner version db result scanStartedOn scanFinishedOn x'.split(
    ' ',
  );
const TEXTS = [
  '""',
  '"x"',
  '"2023-01-02T03:04:05Z"',
  '"2023-01-02T03:04:05.120Z"',
  '"2023-01-02T03:04:05+05:30"',
  '"\\u0032023-01-02T03:04:05Z"',
  '"\\u00e9"',
  '"e\u0301"',
  '"QUI="',
  '"<&>\u2028"',
];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1e2',
  '1E-7',
  '0.1',
  '123456789012345678',
  '1e21',
  '5e-324',
  '1e308',
];

/** JSON in the manner of attestations: right in most places. */
class Writer {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  value(depth: number): string {
    const random = this.#random;
    const kind = random.below(depth > 4 ? 5 : 9);
    if (kind === 0) return random.pick(NUMBERS);
    if (kind < 3) return random.pick(TEXTS);
    if (kind < 5) return random.pick(['true', 'false', 'null', '"y"']);
    return kind < 6 ? `[${this.list(() => this.value(depth + 1))}]` : this.object(depth + 1);
  }

  object(depth: number): string {
    return `{${this.list(() => `${JSON.stringify(this.name())}:${this.value(depth)}`)}}`;
  }

  name(): string {
    const name = this.#random.pick(NAMES);
    return this.#random.chance(25) ? name.toUpperCase() : name;
  }

  list(item: () => string): string {
    return Array.from({ length: this.#random.below(5) }, item).join(',');
  }

  /** A member that fits its name in the structures that cosign has. */
  fitting(): string {
    const random = this.#random;
    const digest = '{"sha1":"00"}';
    const any = this.value(2);
    return random.pick([
      `"builder":{"id":"b","x":${any}}`,
      `"buildType":"t"`,
      `"invocation":{"configSource":{"uri":"u","digest":${digest}},"parameters":${any},"uri":"u","event_id":""}`,
      `"buildConfig":${any}`,
      `"metadata":{"buildStartedOn":${random.pick(TEXTS)},"completeness":{"materials":true},"x":${any}}`,
      `"metadata":{"scanFinishedOn":${random.pick(TEXTS)},"reproducible":${random.pick(['true', '"x"'])}}`,
      `"materials":[{"uri":"u","digest":${digest}},{}]`,
      `"materials":{"m":${digest}}`,
      `"byproducts":{"n":${any}}`,
      `"command":["a","b"]`,
      `"scanner":{"uri":"s","db":{"uri":"d"},"result":${any}}`,
      `"name":"n"`,
    ]);
  }

  predicate(): string {
    const random = this.#random;
    if (random.chance(3)) return this.object(0);
    return `{${Array.from({ length: random.below(6) }, () => this.fitting()).join(',')}}`;
  }

  statement(type: string): string {
    const random = this.#random;
    const members = [
      `"_type":"https://in-toto.io/Statement/${random.pick(['v1', 'v0.1'])}"`,
      `"predicateType":${JSON.stringify(uriOf(random.chance(10) ? random.pick(types) : type))}`,
      `"subject":[{"name":"n","digest":{"sha256":"00"}${random.chance(6) ? `,"annotations":${this.object(3)}` : ''}}]`,
      `"predicate":${random.chance(12) ? this.value(0) : this.predicate()}`,
    ];
    if (random.chance(20)) members.push(`"${this.name()}":${this.value(3)}`);
    return `{${random.shuffle(members).join(',')}}`;
  }
}

/** The same seed, the same question. */
export function generated(seed: number): Question {
  const random = new Random(seed);
  const type = random.pick(types);
  return { type, statement: Buffer.from(new Writer(random).statement(type)) };
}
