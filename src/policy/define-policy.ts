import { sha256Hex } from '#core/bytes/digest';
import { canonicalize } from '#core/json/canonical';
import { plainJson } from '#core/json/plain';
import { compilePatterns, compileRequirement } from './compile-requirement.ts';
import type { PolicyDocument } from './document.ts';
import type { Policy } from './policy.ts';
import { Site, type Locate } from './site.ts';
import { parseTime } from './time.ts';
import { loadTools } from './tools.ts';

/**
 * Compiles a policy whose shape is right: that of a file after the schema's check, or one that a command line
 * wrote from its flags. RE2, semver, ajv and CUE are loaded only for a policy that needs them.
 * @param locate where a path of the document stands: in the file, or which flag said it
 * @throws POLICY_INVALID, POLICY_UNSUPPORTED, POLICY_CUE_*
 */
export async function definePolicy(
  document: PolicyDocument,
  locate: Locate = () => undefined,
): Promise<Policy> {
  const canonical = canonicalize(plainJson(document));
  const site = new Site(locate);
  const tools = await loadTools(document, canonical);
  const { notBefore, expires } = document;
  const from = timeOf(notBefore, site.child('notBefore'));
  const until = timeOf(expires, site.child('expires'));
  if (from !== undefined && until !== undefined && from >= until) {
    site.child('expires').refuse('is not after notBefore, so the policy could never be used', {
      expected: `a time after ${notBefore}`,
      found: expires,
    });
  }
  if (document.requirements.length === 0) {
    site.child('requirements').refuse('is empty, so the policy could refuse nothing', {
      expected: 'at least one requirement',
    });
  }
  return {
    name: document.name,
    digest: sha256Hex(canonical),
    mode: document.mode ?? 'enforce',
    notBefore,
    expires,
    subjects: compilePatterns(document.subjects, site.child('subjects'), tools),
    requirements: document.requirements.map((requirement, i) =>
      compileRequirement(requirement, i, site.child('requirements', i), tools),
    ),
    locate,
  };
}

function timeOf(text: string | undefined, site: Site): number | undefined {
  if (text === undefined) return undefined;
  return (
    parseTime(text) ??
    site.refuse('is not a time', {
      expected: 'RFC 3339 with Z, as 2026-12-31T00:00:00Z',
      found: JSON.stringify(text),
    })
  );
}
