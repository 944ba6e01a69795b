import { any, flag, pointer, text as string, type Origin, type Shape } from './go-cell.ts';
import { listOf, mapOf, struct, type Field } from './go-collection.ts';
import { time } from './go-value.ts';
import { goResourceDescriptor } from './legacy-statement.ts';

const always = (name: string, shape: Shape): Field => ({ name, shape });
const optional = (name: string, shape: Shape): Field => ({ name, shape, omitempty: true });

/** in-toto-golang's `Statement` with a predicate of its own. */
const statement = (predicate: Shape): Shape =>
  struct([
    always('_type', string),
    always('predicateType', string),
    always('subject', listOf(struct([always('name', string), always('digest', mapOf(string))]))),
    always('predicate', predicate),
  ]);

/** in-toto-golang's SLSA provenance v0.2. */
const slsaProvenance = struct([
  always('builder', struct([always('id', string)])),
  always('buildType', string),
  always(
    'invocation',
    struct([
      always(
        'configSource',
        struct([optional('uri', string), optional('digest', mapOf(string)), optional('entryPoint', string)]),
      ),
      optional('parameters', any),
      optional('environment', any),
    ]),
  ),
  optional('buildConfig', any),
  optional(
    'metadata',
    pointer(
      struct([
        optional('buildInvocationID', string),
        optional('buildStartedOn', pointer(time)),
        optional('buildFinishedOn', pointer(time)),
        always(
          'completeness',
          struct([always('parameters', flag), always('environment', flag), always('materials', flag)]),
        ),
        always('reproducible', flag),
      ]),
    ),
  ),
  optional('materials', listOf(struct([optional('uri', string), optional('digest', mapOf(string))]))),
]);

/** in-toto-golang's link. */
const link = struct([
  always('_type', string),
  always('name', string),
  always('materials', mapOf(mapOf(string))),
  always('products', mapOf(mapOf(string))),
  always('byproducts', mapOf(any)),
  always('command', listOf(string)),
  always('environment', mapOf(any)),
]);

/** cosign's vulnerability scan, whose statement has `type` in place of `_type`. */
const vulnStatement = struct([
  optional('type', string),
  optional('subject', listOf(pointer(goResourceDescriptor))),
  optional('predicateType', string),
  always(
    'predicate',
    struct([
      always(
        'invocation',
        struct([
          always('parameters', any),
          always('uri', string),
          always('event_id', string),
          always('builder.id', string),
        ]),
      ),
      always(
        'scanner',
        struct([
          always('uri', string),
          always('version', string),
          always('db', struct([always('uri', string), always('version', string)])),
          always('result', any),
        ]),
      ),
      always('metadata', struct([always('scanStartedOn', time), always('scanFinishedOn', time)])),
    ]),
  ),
]);

const generic = statement(any);

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['slsaprovenance', statement(slsaProvenance)],
  ['link', statement(link)],
  ['spdx', generic],
  ['spdxjson', generic],
  ['cyclonedx', generic],
  ['vuln', vulnStatement],
]);

/**
 * The statement through the structure that cosign has for the alias; undefined for others, and for URIs.
 * @throws NotConvertible where the statement does not fit the structure
 */
export function typedStatement(type: string, { value, text }: Origin): string | undefined {
  const cell = SHAPES.get(type)?.();
  cell?.read(value, [], text);
  return cell?.write();
}
