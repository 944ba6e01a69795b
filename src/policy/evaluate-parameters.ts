import type { Reason } from '#core/errors/reason';
import { canonicalize } from '#core/json/canonical';
import { isObject, kindOf, member, type JsonObject, type JsonValue } from '#core/json/value';
import type { Fact } from '#core/slsa/facts';
import { shown } from './rule-context.ts';
import type { Site } from './site.ts';

/** Inputs of a workflow_dispatch that must have a value; others are free. */
export function evaluateWorkflowInputs(
  expected: Readonly<Record<string, string>>,
  fact: Fact<JsonObject> | undefined,
  site: Site,
): readonly Reason[] {
  return Object.entries(expected).flatMap(([key, value]) => {
    const found = fact === undefined ? undefined : member(fact.value, key);
    if (found === value) return [];
    return [
      {
        code: 'WORKFLOW_INPUT_MISMATCH' as const,
        message: `the workflow's input ${shown(key)} is not the expected one`,
        path: fact === undefined ? undefined : `${fact.path}.${key.slice(0, 100)}`,
        expected: shown(value),
        found: found === undefined ? 'nothing' : shownValue(found),
        at: site.position(key),
        hint:
          fact === undefined
            ? 'inputs are recorded only for a build that workflow_dispatch started'
            : undefined,
      },
    ];
  });
}

/**
 * The exact set of external parameters (SLSA v1.2, verifying artifacts, step 2: an unknown one is refused).
 * `true` stands for any value.
 */
export function evaluateExternalParameters(
  expected: Readonly<Record<string, JsonValue>>,
  fact: Fact<JsonValue> | undefined,
  site: Site,
): readonly Reason[] {
  const code = 'EXTERNAL_PARAMETER_NOT_ALLOWED';
  const stated = fact?.value ?? {};
  if (!isObject(stated)) {
    const message = 'the external parameters cannot be compared with the policy';
    return [
      { code, message, path: fact?.path, expected: 'an object', found: kindOf(stated), at: site.position() },
    ];
  }
  const path = (key: string): string => `${fact?.path ?? 'externalParameters'}.${key.slice(0, 100)}`;
  const unknown = Object.keys(stated).filter((key) => !Object.hasOwn(expected, key));
  const reasons: Reason[] = unknown.map((key) => ({
    code,
    message: `the external parameter ${shown(key)} is not in the policy`,
    path: path(key),
    expected: 'nothing',
    found: shownValue(member(stated, key)),
    at: site.position(),
    hint: 'a parameter can change what is built: list it with its value, or with true',
  }));
  for (const [key, value] of Object.entries(expected)) {
    const found = member(stated, key);
    if (found !== undefined && (value === true || canonicalize(found) === canonicalize(value))) continue;
    reasons.push({
      code,
      message: `the external parameter ${shown(key)} is not the expected one`,
      path: path(key),
      expected: value === true ? 'any value' : shownValue(value),
      found: shownValue(found),
      at: site.position(key),
    });
  }
  return reasons;
}

function shownValue(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return shown(value);
  const text = canonicalize(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
