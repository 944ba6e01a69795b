import type { Reason } from '#core/errors/reason';
import { formatPath } from '#core/errors/reason';
import { member, type JsonObject } from '#core/json/value';
import type { RegexpEngine } from './pattern.ts';
import type { StatementCheck } from './policy.ts';
import { schemaFaults } from '#core/json/schema-faults';
import type { Site } from './site.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
/** More failures than these are not reported one by one. */
const REPORTED = 10;

/**
 * Loads ajv, and gives what compiles the JSON Schemas (draft 2020-12) of predicates. Schemas are strict: an
 * unknown keyword is refused, not ignored, and so is one that its type leaves without effect. Their `pattern` is RE2.
 */
export async function loadPredicateSchemas(
  regexp: RegexpEngine,
): Promise<(schema: JsonObject | boolean, site: Site) => StatementCheck> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  return (schema, site) => {
    refuseUnsupported(schema, site);
    const ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      strictTuples: false,
      allowUnionTypes: true,
      ownProperties: true,
      allErrors: true,
      verbose: true,
      validateFormats: true,
      logger: false,
      code: { regExp: Object.assign((text: string) => searcher(text, regexp), { code: 'RE2' }) },
    });
    const validate = compile(() => ajv.compile(schema), site);
    return (statement): readonly Reason[] => {
      if (validate(statement.predicate)) return [];
      const faults = schemaFaults(validate.errors ?? [], statement.predicate);
      return faults.slice(0, REPORTED).map((fault): Reason => {
        const path = formatPath(['predicate', ...fault.path.map(shortened)]);
        return {
          code: 'PREDICATE_SCHEMA_MISMATCH',
          message: `the predicate does not satisfy the policy's schema: ${path} ${fault.message}`,
          path,
          expected: fault.expected,
          found: fault.found,
          at: site.position(),
          hint:
            faults.length > REPORTED ? `${faults.length - REPORTED} more failures are left out` : undefined,
        };
      });
    };
  };
}

/** Keys of the predicate are anybody's words. */
function shortened(segment: string | number): string | number {
  return typeof segment === 'string' && segment.length > 100 ? `${segment.slice(0, 100)}...` : segment;
}

/** JSON Schema's `pattern` is a search, not a full match. ajv tells patterns apart by their `toString()`. */
function searcher(text: string, regexp: RegexpEngine): Searcher {
  return { test: regexp(`(?s:.*)(?:${text})(?s:.*)`), toString: () => text };
}

interface Searcher {
  readonly test: (value: string) => boolean;
  readonly toString: () => string;
}

function refuseUnsupported(schema: JsonObject | boolean, site: Site): void {
  if (typeof schema === 'boolean') return;
  const draft = member(schema, '$schema');
  if (draft !== undefined && draft !== DRAFT) {
    site
      .child('$schema')
      .refuse(
        'is another draft of JSON Schema',
        { expected: DRAFT, found: JSON.stringify(draft) },
        'POLICY_UNSUPPORTED',
      );
  }
  if (member(schema, '$async') !== undefined) {
    site.child('$async').refuse('is not supported: a policy is decided at once', {}, 'POLICY_UNSUPPORTED');
  }
}

function compile<T>(make: () => T, site: Site): T {
  try {
    return make();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof Error && 'missingRef' in cause) {
      return site.refuse(
        'refers to a schema elsewhere',
        {
          expected: 'a $ref within the policy',
          found: message,
          hint: 'copy the schema under "$defs"',
          cause,
        },
        'POLICY_UNSUPPORTED',
      );
    }
    return site.refuse('is not a JSON Schema that can be compiled', { found: message.slice(0, 500), cause });
  }
}
