import { refuse } from '#core/errors/error';
import { parseResourceDescriptor } from '#core/in-toto-attestation/resource-descriptor';
import { parseTimestamp } from '#core/in-toto-attestation/timestamp';
import type { Statement } from '#core/in-toto-attestation/types';
import { parseTypeUri } from '#core/in-toto-attestation/uri';
import {
  arrayAt,
  at,
  objectAt,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  stringOf,
  type Where,
} from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import type { VsaFacts } from '#core/slsa/facts';
import { parseLevel } from './level.ts';

/** Predicate type of a SLSA Verification Summary Attestation. */
export const VSA_TYPE = 'https://slsa.dev/verification_summary/v1';

const PREDICATE: Where = { code: 'VSA_INVALID', path: 'predicate' };

/**
 * A Verification Summary Attestation v1; unknown fields are ignored.
 * @see https://slsa.dev/spec/v1.2/verification_summary
 * @throws VSA_INVALID, DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID
 */
export function parseVsa(statement: Statement): VsaFacts {
  const predicate = objectOf(statement.predicate, PREDICATE);
  const verifier = objectAt(predicate, 'verifier', PREDICATE);
  const verifierId = stringAt(verifier, 'id', at(PREDICATE, 'verifier'));
  checkInputs(predicate);
  checkDependencyLevels(predicate);
  return {
    kind: 'vsa',
    predicateType: statement.predicateType,
    verifierId: parseTypeUri(verifierId, at(at(PREDICATE, 'verifier'), 'id')),
    resourceUri: requiredAt(predicate, 'resourceUri'),
    policyUri: policyUri(predicate),
    verificationResult: verificationResult(predicate),
    verifiedLevels: verifiedLevels(predicate),
    timeVerified: timeVerified(predicate),
    slsaVersion: optionalStringAt(predicate, 'slsaVersion', PREDICATE),
  };
}

function requiredAt(predicate: JsonObject, key: string): string {
  const text = stringAt(predicate, key, PREDICATE);
  if (text !== '') return text;
  const { path } = at(PREDICATE, key);
  return refuse('VSA_INVALID', `${path} is empty`, { path, expected: 'a text', found: 'an empty text' });
}

function policyUri(predicate: JsonObject): string {
  const where = at(PREDICATE, 'policy');
  const { uri } = parseResourceDescriptor(objectAt(predicate, 'policy', PREDICATE), where);
  if (uri !== undefined) return uri;
  return refuse('VSA_INVALID', 'the summary does not name its policy', {
    path: at(where, 'uri').path,
    expected: 'the URI of the policy that was applied',
    found: 'nothing',
  });
}

function verificationResult(predicate: JsonObject): VsaFacts['verificationResult'] {
  const result = stringAt(predicate, 'verificationResult', PREDICATE);
  if (result === 'PASSED' || result === 'FAILED') return result;
  return refuse('VSA_INVALID', 'the result of the verification is neither of the two that exist', {
    path: at(PREDICATE, 'verificationResult').path,
    expected: '"PASSED" or "FAILED"',
    found: JSON.stringify(result.slice(0, 100)),
  });
}

/** At most one level of a track: two would leave open which one was verified. */
function verifiedLevels(predicate: JsonObject): readonly string[] {
  const where = at(PREDICATE, 'verifiedLevels');
  const levels = arrayAt(predicate, 'verifiedLevels', PREDICATE).map((value, i) =>
    stringOf(value, at(where, i)),
  );
  const tracks = new Set<string>();
  for (const [index, level] of levels.entries()) {
    const track = parseLevel(level)?.track;
    if (track === undefined) continue;
    if (tracks.has(track)) {
      refuse('VSA_INVALID', 'the summary has two levels of one track', {
        path: at(where, index).path,
        expected: `one level of the track ${track}`,
        found: JSON.stringify(level),
      });
    }
    tracks.add(track);
  }
  return levels;
}

function timeVerified(predicate: JsonObject): string | undefined {
  const text = optionalStringAt(predicate, 'timeVerified', PREDICATE);
  return text === undefined || text === '' ? undefined : parseTimestamp(text, at(PREDICATE, 'timeVerified'));
}

/** Input attestations are named by digest. */
function checkInputs(predicate: JsonObject): void {
  const where = at(PREDICATE, 'inputAttestations');
  for (const [index, value] of arrayAt(predicate, 'inputAttestations', PREDICATE).entries()) {
    if (parseResourceDescriptor(value, at(where, index)).digest !== undefined) continue;
    refuse('VSA_INVALID', 'an input attestation has no digest', {
      path: at(at(where, index), 'digest').path,
      expected: 'at least one digest',
      found: 'none',
    });
  }
}

function checkDependencyLevels(predicate: JsonObject): void {
  const where = at(PREDICATE, 'dependencyLevels');
  const levels = optionalObjectOf(member(predicate, 'dependencyLevels'), where) ?? {};
  for (const key in levels) {
    const count = member(levels, key);
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) continue;
    refuse('VSA_INVALID', 'a count of dependencies is not a whole number', {
      path: where.path,
      expected: 'counts of dependencies by level',
      found: JSON.stringify(key.slice(0, 100)),
    });
  }
}
