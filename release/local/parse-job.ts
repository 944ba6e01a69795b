import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { noOtherKeys, objectOf, stringAt, type Where } from '#core/json/shape';
import { claimsOf, type Job } from './job.ts';

const KNOWN: ReadonlySet<string> = new Set([...Object.keys(claimsOf({}, '')), 'environment']);

/**
 * Reads claims of a job: a JSON object of texts, by the names that GitHub gives them.
 * @param name the file's name, for messages
 * @throws LOCAL_CLAIMS_INVALID
 */
export function parseJob(bytes: Uint8Array, name: string): Job {
  const where: Where = { code: 'LOCAL_CLAIMS_INVALID', path: '' };
  try {
    const object = objectOf(parseJsonBytes(bytes, name), where);
    noOtherKeys(object, KNOWN, where);
    return Object.fromEntries(Object.keys(object).map((claim) => [claim, stringAt(object, claim, where)]));
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return refuse('LOCAL_CLAIMS_INVALID', `${name} does not hold claims of a job`, {
      ...error.reason,
      hint: 'give an object of texts, as {"repository": "kubeedge/edgeseal", "ref": "refs/tags/v1.0.0"}',
      cause: error,
    });
  }
}
