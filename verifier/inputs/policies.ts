import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import { quote } from '../cli/flags.ts';
import { nameOf } from './evidence.ts';

/**
 * Reads policy files.
 * @throws POLICY_INVALID, POLICY_UNSUPPORTED, JSON_*, FILE_*
 */
export async function readPolicies(io: Io, paths: readonly string[]): Promise<readonly Policy[]> {
  const policies: Policy[] = [];
  for (const path of paths) policies.push(await readPolicy(io, path));
  return policies;
}

export async function readPolicy(io: Io, path: string): Promise<Policy> {
  if (path.endsWith('.cue') || path.endsWith('.rego')) {
    return refuse(
      'POLICY_UNSUPPORTED',
      `${quote(path)} is in a policy language that this version does not evaluate`,
      {
        expected: 'a JSON policy (*.json)',
        found: path.slice(path.lastIndexOf('.')),
        hint: 'state the same as a JSON policy: see policies/policy.schema.json and edgeseal policy explain',
      },
    );
  }
  const bytes = io.files.read(path, limits.configFile);
  return parsePolicy(decodeUtf8(bytes, nameOf(path)), nameOf(path));
}
