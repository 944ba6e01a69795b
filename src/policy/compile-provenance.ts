import type { BuilderDocument, ProvenanceDocument, SourceDocument } from './document.ts';
import type { PatternText } from './pattern.ts';
import type { BuilderRule, Pattern, ProvenanceRule, SourceRule } from './policy.ts';
import type { Site } from './site.ts';
import { compilePattern, type Tools } from './tools.ts';
import { fitsVersionedTag, parseTagVersion } from './versioned-tag.ts';

/** @throws POLICY_INVALID */
export function compileProvenance(document: ProvenanceDocument, site: Site, tools: Tools): ProvenanceRule {
  const pattern = (text: PatternText | undefined, key: string): Pattern | undefined =>
    text === undefined ? undefined : compilePattern(text, site.child(key), tools);
  const builders = (document.builders ?? []).map((builder, i) =>
    compileBuilder(builder, site.child('builders', i), tools),
  );
  const rule: ProvenanceRule = {
    builders,
    level: document.level,
    buildType: pattern(document.buildType, 'buildType'),
    source:
      document.source === undefined ? undefined : compileSource(document.source, site.child('source'), tools),
    workflow: pattern(document.workflow, 'workflow'),
    triggers: document.triggers,
    runnerEnvironment: document.runnerEnvironment,
    workflowInputs: document.workflowInputs,
    externalParameters: document.externalParameters,
    hermetic: document.hermetic,
    dependenciesComplete: document.dependenciesComplete,
    dependencyHosts: document.dependencyHosts?.map((text, i) =>
      compilePattern(text, site.child('dependencyHosts', i), tools),
    ),
  };
  if (builders.length === 0) needsNoBuilder(rule, site);
  return rule;
}

/** Claims that only a trusted builder can make are never met without one. */
function needsNoBuilder(rule: ProvenanceRule, site: Site): void {
  const claim =
    rule.level !== undefined && rule.level > 1
      ? 'level'
      : rule.hermetic === true
        ? 'hermetic'
        : rule.dependenciesComplete === true
          ? 'dependenciesComplete'
          : undefined;
  if (claim === undefined) return;
  site.child(claim).refuse('can never be met: no builder is trusted', {
    expected: 'provenance.builders names a builder whose word is taken for it',
    found: 'no builder',
    hint: 'add "builders": [{"id": ..., "level": ...}]; an unknown builder has level 1 at most',
  });
}

function compileBuilder(document: BuilderDocument, site: Site, tools: Tools): BuilderRule {
  const { id, identity, issuer, level, anyRef } = document;
  if (id.includes('*')) {
    site.child('id').refuse('is a builder, and a builder is named exactly', {
      expected: 'a builder.id without *',
      found: JSON.stringify(id),
    });
  }
  return {
    id,
    identity: identity === undefined ? undefined : compilePattern(identity, site.child('identity'), tools),
    issuer: issuer === undefined ? undefined : compilePattern(issuer, site.child('issuer'), tools),
    level,
    anyRef,
  };
}

function compileSource(document: SourceDocument, site: Site, tools: Tools): SourceRule {
  const { repository, ref, versionedTag, tagRange } = document;
  return {
    ...document,
    repository:
      repository === undefined
        ? undefined
        : compilePattern(canonicalRepository(repository), site.child('repository'), tools),
    ref: ref === undefined ? undefined : compilePattern(ref, site.child('ref'), tools),
    versionedTag:
      versionedTag === undefined ? undefined : compileVersion(versionedTag, site.child('versionedTag')),
    tagRange: tagRange === undefined ? undefined : compileRange(tagRange, site.child('tagRange'), tools),
  };
}

/** `github.com/o/r` and `git+https://github.com/o/r` are written as `https://github.com/o/r`. */
function canonicalRepository(text: PatternText): PatternText {
  if (typeof text !== 'string') return text;
  const bare = text.startsWith('git+') ? text.slice('git+'.length) : text;
  return bare.includes('://') || bare.startsWith('*') ? bare : `https://${bare}`;
}

function compileVersion(text: string, site: Site): Pattern {
  const version = parseTagVersion(text);
  if (version !== undefined) {
    return { kind: 'versioned-tag', text, test: (tag) => fitsVersionedTag(tag, version) };
  }
  return site.refuse('is not a semantic version', {
    expected: 'v1, v1.2, v1.2.3 or v1.2.3-rc.1',
    found: JSON.stringify(text),
  });
}

function compileRange(text: string, site: Site, { semverRange }: Tools): Pattern {
  return (
    semverRange?.(text) ??
    site.refuse('is not a semver range', {
      expected: 'a range as ^1.20.0, >=1.20.0 <2.0.0 or 1.x',
      found: JSON.stringify(text),
    })
  );
}
