import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { schemaOptions } from '#core/policy/schema-check';
import schema from '../policies/policy.schema.json' with { type: 'json' };

/** Where the helpers of ajv are that compiled code calls. */
export const RUNTIME = 'ajv/dist/runtime/';

/** A module that does what src/policy/schema-check.ts does, without ajv: its schema is compiled already. */
export function compiledSchema(): string {
  const ajv = new Ajv2020({ ...schemaOptions, code: { source: true, esm: true } });
  const code = standalone.default(ajv, ajv.compile(schema));
  return `${code}\nexport const loadSchemaCheck = async () => validate;\n`;
}
