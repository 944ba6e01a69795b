import type { ReasonCode } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Requirement } from './policy.ts';
import { expectValue, type RuleContext } from './rule-context.ts';

/**
 * The package that the evidence must be about, by the package URL that names the subject and, where the
 * registry speaks (npm's publish attestation), by its own words too. All that speak must agree.
 */
export function evaluatePackage(
  rule: NonNullable<Requirement['package']>,
  { subject, statement, facts, site }: RuleContext,
): readonly Reason[] {
  const index = statement.subjects.indexOf(subject);
  const named = parsePackageUrl(subject.name ?? subject.uri ?? '');
  const subjectPath = `subject[${index}].${subject.name === undefined ? 'uri' : 'name'}`;
  const reasons: Reason[] = [];
  const expect = (key: 'name' | 'version', found: string | undefined, path: string): void => {
    const expected = rule[key];
    if (expected === undefined) return;
    const code: ReasonCode = key === 'name' ? 'PACKAGE_NAME_MISMATCH' : 'PACKAGE_VERSION_MISMATCH';
    const hint = 'this is evidence of another package; it says nothing about yours';
    reasons.push(
      ...expectValue(
        { code, what: `the package's ${key}`, expected, at: site.child('package', key), hint },
        found,
        path,
      ),
    );
  };
  for (const key of ['name', 'version'] as const) {
    expect(key, named?.[key], subjectPath);
    if (facts.kind === 'publish') expect(key, facts[key], `predicate.${key}`);
  }
  return reasons;
}

/** Name (with its namespace) and version of a package URL. */
export function parsePackageUrl(
  purl: string,
): { readonly name: string; readonly version: string | undefined } | undefined {
  const match = /^pkg:[a-zA-Z][a-zA-Z0-9.+-]*\/+([^?#@]+)(?:@([^?#]+))?(?:\?[^#]*)?(?:#.*)?$/.exec(purl);
  const [, name, version] = match ?? [];
  if (name === undefined) return undefined;
  try {
    return {
      name: decodeURIComponent(name),
      version: version === undefined ? undefined : decodeURIComponent(version),
    };
  } catch {
    return undefined;
  }
}
