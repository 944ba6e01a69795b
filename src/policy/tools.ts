import type { JsonObject } from '#core/json/value';
import type { CueChecks } from './cue-check.ts';
import type { CueSource, PolicyDocument } from './document.ts';
import {
  globPattern,
  loadRegexpEngine,
  regexpPattern,
  type PatternText,
  type RegexpEngine,
} from './pattern.ts';
import type { Pattern, StatementCheck } from './policy.ts';
import type { Site } from './site.ts';

/** What only some policies need, and what is loaded only for those. */
export interface Tools {
  readonly regexp: RegexpEngine | undefined;
  readonly semverRange: ((text: string) => Pattern | undefined) | undefined;
  readonly predicateSchema: ((schema: JsonObject | boolean, site: Site) => StatementCheck) | undefined;
  readonly cue: ((files: readonly CueSource[]) => CueChecks) | undefined;
}

/**
 * Loads the tools that the policy needs.
 * @param canonical its canonical JSON, in which every key is spelled in one way
 */
export async function loadTools(document: PolicyDocument, canonical: string): Promise<Tools> {
  const hasSchema = document.requirements.some(({ predicate }) => predicate !== undefined);
  const hasCue = document.requirements.some(({ cue }) => cue !== undefined);
  const regexp = hasSchema || canonical.includes('"regexp":') ? await loadRegexpEngine() : undefined;
  return {
    regexp,
    semverRange: canonical.includes('"tagRange":') ? await loadSemverRange() : undefined,
    predicateSchema:
      hasSchema && regexp !== undefined
        ? await (await import('./predicate-schema.ts')).loadPredicateSchemas(regexp)
        : undefined,
    cue: hasCue ? await (await import('./cue-check.ts')).loadCueChecks() : undefined,
  };
}

/** Compiles a pattern of the policy. @throws POLICY_INVALID */
export function compilePattern(text: PatternText, site: Site, { regexp }: Tools): Pattern {
  if (typeof text === 'string') return globPattern(text);
  if (regexp === undefined) return site.refuse('has a regular expression without an engine');
  try {
    return regexpPattern(text.regexp, regexp);
  } catch (cause) {
    return site.refuse('is not a regular expression that RE2 accepts', {
      expected: 'an RE2 expression: no look-around, no back reference',
      found: JSON.stringify(text.regexp.slice(0, 200)),
      cause,
    });
  }
}

async function loadSemverRange(): Promise<(text: string) => Pattern | undefined> {
  const { default: Range } = await import('semver/classes/range.js');
  return (text) => {
    try {
      const range = new Range(text);
      return {
        kind: 'semver-range',
        text,
        test: (tag) => range.test(tag.startsWith('v') ? tag.slice(1) : tag),
      };
    } catch {
      return undefined;
    }
  };
}
