import type { ValidateFunction } from 'ajv/dist/2020.js';
import { schemaOptions } from '#core/policy/schema-check';
import type { DescriptionDocument } from './document.ts';

let compiled: Promise<ValidateFunction<DescriptionDocument>> | undefined;

/** The check by release/release.schema.json, compiled at first use. */
export function loadSchemaCheck(): Promise<ValidateFunction<DescriptionDocument>> {
  compiled ??= (async () => {
    const [{ Ajv2020 }, { default: schema }] = await Promise.all([
      import('ajv/dist/2020.js'),
      import('../release.schema.json', { with: { type: 'json' } }),
    ]);
    return new Ajv2020(schemaOptions).compile<DescriptionDocument>(schema);
  })();
  return compiled;
}
