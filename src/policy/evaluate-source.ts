import type { ReasonCode } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Fact, ProvenanceFacts } from '#core/slsa/facts';
import type { Pattern, SourceRule } from './policy.ts';
import { expectFact } from './rule-context.ts';
import type { Site } from './site.ts';

interface Row {
  readonly key: keyof SourceRule;
  readonly code: ReasonCode;
  readonly what: string;
  readonly expected: Pattern | string | undefined;
  readonly fact: Fact<string> | undefined;
  readonly hint: string;
  readonly absentHint?: string;
}

const OTHER_SOURCE =
  'this was built from something else than you expect: a fork, another branch, another release';
const OTHER_OWNER = 'a name can be given again, a number never is: this is not the one that had the name';

/** Where the build's source must come from, in slsa-verifier's order: repository, ref, commit, branch, tag. */
export function evaluateSource(rule: SourceRule, facts: ProvenanceFacts, site: Site): readonly Reason[] {
  const ref =
    facts.sourceRef === undefined
      ? ''
      : `: it was made from ${JSON.stringify(facts.sourceRef.value.slice(0, 200))}`;
  const noBranch = `the build states no branch${ref}; for a tag only some events tell its branch`;
  const noTag = `the build was not made from a tag${ref}`;
  const rows: readonly Row[] = [
    {
      key: 'repository',
      code: 'SOURCE_REPOSITORY_MISMATCH',
      what: 'the source repository',
      expected: rule.repository,
      fact: facts.sourceRepository,
      hint: OTHER_SOURCE,
    },
    {
      key: 'ref',
      code: 'SOURCE_REF_MISMATCH',
      what: 'the source ref',
      expected: rule.ref,
      fact: facts.sourceRef,
      hint: OTHER_SOURCE,
    },
    {
      key: 'digest',
      code: 'SOURCE_DIGEST_MISMATCH',
      what: 'the source commit',
      expected: rule.digest,
      fact: facts.sourceDigest,
      hint: OTHER_SOURCE,
    },
    {
      key: 'branch',
      code: 'SOURCE_BRANCH_MISMATCH',
      what: 'the source branch',
      expected: rule.branch,
      fact: facts.sourceBranch,
      hint: OTHER_SOURCE,
      absentHint: noBranch,
    },
    {
      key: 'tag',
      code: 'SOURCE_TAG_MISMATCH',
      what: 'the source tag',
      expected: rule.tag,
      fact: facts.sourceTag,
      hint: OTHER_SOURCE,
      absentHint: noTag,
    },
    {
      key: 'versionedTag',
      code: 'SOURCE_VERSIONED_TAG_MISMATCH',
      what: 'the version of the source tag',
      expected: rule.versionedTag,
      fact: facts.sourceTag,
      hint: OTHER_SOURCE,
      absentHint: noTag,
    },
    {
      key: 'tagRange',
      code: 'SOURCE_VERSIONED_TAG_MISMATCH',
      what: 'the version of the source tag',
      expected: rule.tagRange,
      fact: facts.sourceTag,
      hint: OTHER_SOURCE,
      absentHint: noTag,
    },
    {
      key: 'repositoryId',
      code: 'SOURCE_IDENTIFIER_MISMATCH',
      what: "the source repository's number",
      expected: rule.repositoryId,
      fact: facts.repositoryId,
      hint: OTHER_OWNER,
    },
    {
      key: 'ownerId',
      code: 'SOURCE_IDENTIFIER_MISMATCH',
      what: "the source owner's number",
      expected: rule.ownerId,
      fact: facts.ownerId,
      hint: OTHER_OWNER,
    },
  ];
  return rows.flatMap(({ key, expected, fact, ...rest }) =>
    expected === undefined ? [] : expectFact({ ...rest, expected, at: site.child(key) }, fact),
  );
}
