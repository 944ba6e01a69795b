import path from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { sha256Hex } from '#core/bytes/digest';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';
import { nodeFiles } from '#core/io/files';
import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { refuseBySchema } from '#core/json/schema-refusal';
import type { JsonValue } from '#core/json/value';
import { limits } from '#core/limits';
import { schemaOptions } from '#core/policy/schema-check';
import { Site } from '../description/site.ts';

/** A JSON file of the work folder, as its schema describes it. */
export interface WorkFile<T> {
  readonly value: T;
  /** Of its bytes, lower-case hexadecimal. */
  readonly sha256: string;
  /** The top of it, for what no schema can say. */
  readonly site: Site;
}

/** A check by a JSON Schema, compiled at first use. @param load imports the schema */
export function lazySchema<T>(load: () => Promise<object>): () => Promise<ValidateFunction<T>> {
  let compiled: Promise<ValidateFunction<T>> | undefined;
  return () => {
    compiled ??= (async () => {
      const [{ Ajv2020 }, schema] = await Promise.all([import('ajv/dist/2020.js'), load()]);
      return new Ajv2020(schemaOptions).compile<T>(schema);
    })();
    return compiled;
  };
}

/**
 * Reads a file that a phase before has written, as strictly as one from a stranger: who wrote it, nobody knows.
 * @param name `lock.json`
 * @param phase what writes it
 * @throws FILE_NOT_FOUND, INPUT_TOO_LARGE, UTF8_INVALID, JSON_*, RELEASE_WORK_INVALID
 */
export async function readWorkFile<T>(
  workFolder: string,
  name: string,
  phase: string,
  schema: () => Promise<ValidateFunction<T>>,
): Promise<WorkFile<T>> {
  const bytes = readPresent(workFolder, name, phase);
  const text = decodeUtf8(bytes, name);
  const document: JsonValue = parseJson(text, name);
  const whereIs = (at: readonly (string | number)[]) => ({ file: name, ...locate(text, at) });
  const validate = await schema();
  if (validate(document)) return { value: document, sha256: sha256Hex(bytes), site: new Site(whereIs) };
  return refuseBySchema('RELEASE_WORK_INVALID', name, validate.errors ?? [], document, whereIs);
}

function readPresent(workFolder: string, name: string, phase: string): Uint8Array {
  try {
    return nodeFiles(path.resolve(workFolder)).read(name, limits.releaseWorkFile);
  } catch (cause) {
    if (!(cause instanceof EdgesealError) || cause.code !== 'FILE_NOT_FOUND') throw cause;
    return refuse('FILE_NOT_FOUND', `the work folder has no ${name}`, {
      expected: `${name}, which edgeseal-release ${phase} writes`,
      found: 'no such file',
      hint: `run edgeseal-release ${phase} first, with the same --work`,
      cause,
    });
  }
}

/**
 * Writes a file of the work folder as one step.
 * @returns SHA-256 of its bytes, lower-case hexadecimal
 * @throws FILE_UNWRITABLE
 */
export function writeWorkFile(workFolder: string, name: string, value: object): string {
  const bytes = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  const files = nodeFiles(path.resolve(workFolder));
  files.makeFolder('.');
  files.write(name, bytes);
  return sha256Hex(bytes);
}
