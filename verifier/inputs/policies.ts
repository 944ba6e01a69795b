import { dirname, isAbsolute, join } from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import type { CueSource } from '#core/policy/document';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import { quote } from '#core/cli/flags';
import { nameOf } from './evidence.ts';

/** Whether a policy file is in CUE, by its name. */
export function isCue(path: string): boolean {
  return path.endsWith('.cue');
}

/**
 * Reads JSON policies.
 * @throws POLICY_INVALID, POLICY_UNSUPPORTED, POLICY_CUE_*, JSON_*, FILE_*, FLAG_VALUE_INVALID
 */
export async function readPolicies(io: Io, paths: readonly string[]): Promise<readonly Policy[]> {
  const policies: Policy[] = [];
  for (const path of paths) policies.push(await readPolicy(io, path));
  return policies;
}

/** Reads a JSON policy, and the files of CUE that it names. */
export async function readPolicy(io: Io, path: string): Promise<Policy> {
  if (path.endsWith('.rego')) {
    return refuse('POLICY_UNSUPPORTED', `${quote(path)} is in a policy language that is not evaluated`, {
      expected: 'a policy in JSON (*.json) or CUE (*.cue)',
      found: '.rego',
      hint: 'state the same in CUE, or as a JSON policy: see policies/policy.schema.json and edgeseal policy explain',
    });
  }
  if (isCue(path)) {
    return refuse('FLAG_VALUE_INVALID', `${quote(path)} does not say who must have signed`, {
      expected: 'a JSON policy (*.json), which names the signers',
      found: 'CUE, which speaks about statements alone',
      hint: `name it in a JSON policy beside it: "cue": {"files": [${JSON.stringify(nameOf(path))}]}`,
    });
  }
  const bytes = io.files.read(path, limits.configFile);
  const readCue = (file: string): CueSource =>
    readCueFile(io, isAbsolute(file) || path === '-' ? file : join(dirname(path), file));
  return parsePolicy(decodeUtf8(bytes, nameOf(path)), nameOf(path), readCue);
}

/** @throws FILE_*, INPUT_TOO_LARGE, UTF8_INVALID */
export function readCueFile(io: Io, path: string): CueSource {
  return { name: nameOf(path), text: decodeUtf8(io.files.read(path, limits.configFile), nameOf(path)) };
}
