import type { Options, ValidateFunction } from 'ajv/dist/2020.js';
import type { PolicyDocument } from './document.ts';

/** Every fault is reported, with what the schema says there; keys are the document's own. */
export const schemaOptions: Options = {
  strict: true,
  allowUnionTypes: true,
  ownProperties: true,
  allErrors: true,
  verbose: true,
  logger: false,
};

let compiled: Promise<ValidateFunction<PolicyDocument>> | undefined;

/**
 * The check by policies/policy.schema.json, compiled at first use. The bundled executable has in this module's
 * place what ajv makes of the schema: scripts/compiled-schema.ts.
 */
export function loadSchemaCheck(): Promise<ValidateFunction<PolicyDocument>> {
  compiled ??= (async () => {
    const [{ Ajv2020 }, { default: schema }] = await Promise.all([
      import('ajv/dist/2020.js'),
      import('../../policies/policy.schema.json', { with: { type: 'json' } }),
    ]);
    return new Ajv2020(schemaOptions).compile<PolicyDocument>(schema);
  })();
  return compiled;
}
