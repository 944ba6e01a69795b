import { EdgesealError, refuse } from '#core/errors/error';
import type { BuilderRule } from '#core/policy/policy';
import type { Signer } from '#core/sigstore/signer';
import {
  checkBuilderRef,
  isBuilderRef,
  isDelegator,
  isWorkflowId,
  NPM_RUNNER,
  npmRunnerEnvironment,
  splitBuilderId,
  type BuilderName,
} from './builder-id.ts';
import type { ProvenanceFacts } from './facts.ts';

/** The issuer of a builder's identity where its rule names none. */
const GITHUB_ACTIONS_ISSUER = 'https://token.actions.githubusercontent.com';

/** A builder that a rule trusts. */
export interface BuilderMatch {
  readonly rule: BuilderRule;
  /** SLSA Build level. */
  readonly level: BuilderRule['level'];
}

/**
 * The rule, of highest level, that trusts this builder. In slsa-verifier's order: is the signer the builder of a
 * rule; was it called at a release; does the provenance name the same builder.
 * @see https://slsa.dev/spec/v1.2/verifying-artifacts#step-1-check-slsa-build-level
 * @throws SIGNER_ISSUER_MISMATCH, BUILDER_UNTRUSTED, BUILDER_REF_INVALID, RUNNER_ENVIRONMENT_MISMATCH,
 * BUILDER_ID_INVALID, BUILDER_ID_MISMATCH
 */
export function matchBuilder(
  rules: readonly BuilderRule[],
  facts: ProvenanceFacts,
  signer: Signer,
): BuilderMatch {
  const identity = identityOf(signer);
  const signed = rulesOfSigner(rules, identity, signer);
  const released = rulesOfRef(signed, identity);
  if (isDelegator(signer.identity)) checkDelegated(released, facts, signer);
  const named = released.filter((rule) => namesBuilder(rule, facts, signer));
  const rule = named.toSorted((a, b) => b.level - a.level)[0];
  return rule === undefined ? refuseId(released, facts, signer) : { rule, level: rule.level };
}

/** The SLSA Build level of provenance: what a rule trusts its builder for, and 1 for a builder that none names. */
export function buildLevel(
  rules: readonly BuilderRule[],
  facts: ProvenanceFacts,
  signer: Signer,
): BuilderRule['level'] {
  try {
    return matchBuilder(rules, facts, signer).level;
  } catch (error) {
    if (error instanceof EdgesealError) return 1;
    throw error;
  }
}

/** Who signed: the workflow and its ref; a whole other name; `key:` and the key's name for a plain key. */
function identityOf(signer: Signer): BuilderName {
  if (signer.kind === 'key') return { name: `key:${signer.keyName ?? signer.keyDigest}`, ref: undefined };
  const identity = signer.identity ?? '';
  return signer.identityType === 'uri' ? splitBuilderId(identity) : { name: identity, ref: undefined };
}

function rulesOfSigner(
  rules: readonly BuilderRule[],
  identity: BuilderName,
  signer: Signer,
): readonly BuilderRule[] {
  const ofIssuer = signer.kind === 'key' ? rules : rules.filter((rule) => fitsIssuer(rule, signer.issuer));
  if (ofIssuer.length === 0 && rules.length > 0) {
    refuse('SIGNER_ISSUER_MISMATCH', 'no trusted builder has its identity from this issuer', {
      path: 'issuer',
      expected: list(rules.map((rule) => rule.issuer?.text ?? GITHUB_ACTIONS_ISSUER)),
      found: quote(signer.issuer ?? ''),
    });
  }
  const signed = ofIssuer.filter((rule) => isSignedBy(rule, identity));
  if (signed.length > 0) return signed;
  return refuse('BUILDER_UNTRUSTED', 'the builder that signed is not trusted', {
    path: 'identity',
    expected: list(rules.map((rule) => rule.identity?.text ?? rule.id)),
    found: quote(signer.identity ?? identity.name),
    hint: 'if you trust this builder, name it: in the policy under provenance.builders, or by --builder-id',
  });
}

function fitsIssuer(rule: BuilderRule, issuer: string | undefined): boolean {
  if (issuer === undefined) return false;
  return rule.issuer === undefined ? issuer === GITHUB_ACTIONS_ISSUER : rule.issuer.test(issuer);
}

function isSignedBy(rule: BuilderRule, identity: BuilderName): boolean {
  if (rule.identity !== undefined) return rule.identity.test(identity.name);
  return fitsName(splitBuilderId(rule.id), identity);
}

/** Equal names; and the version where the rule has one, `v1.2.3` being short for `refs/tags/v1.2.3`. */
function fitsName(wanted: BuilderName, found: BuilderName): boolean {
  if (wanted.name !== found.name) return false;
  return wanted.ref === undefined || wanted.ref === found.ref || `refs/tags/${wanted.ref}` === found.ref;
}

function rulesOfRef(rules: readonly BuilderRule[], identity: BuilderName): readonly BuilderRule[] {
  const anyRef = rules.filter((rule) => rule.anyRef === true);
  if (anyRef.length > 0 && anyRef.length === rules.length) return rules;
  try {
    checkBuilderRef(identity, 'identity');
    return rules;
  } catch (error) {
    if (anyRef.length > 0 && error instanceof EdgesealError) return anyRef;
    throw error;
  }
}

/** A delegator signs for the workflow that called it; that one must be at a release too. */
function checkDelegated(rules: readonly BuilderRule[], facts: ProvenanceFacts, signer: Signer): void {
  const { value, path } = facts.builderId;
  const environment = signer.extensions.runnerEnvironment;
  if (environment !== undefined && environment !== 'github-hosted') {
    refuse('RUNNER_ENVIRONMENT_MISMATCH', "the delegator ran on a runner that is not GitHub's", {
      path: 'runnerEnvironment',
      expected: '"github-hosted"',
      found: quote(environment),
    });
  }
  if (!isWorkflowId(value) || value.split('@').length !== 2) {
    refuse('BUILDER_ID_INVALID', 'the id of the delegated builder is not a workflow with its ref', {
      path,
      expected: 'https://github.com/<owner>/<repository>/.github/workflows/<file>@refs/tags/vX.Y.Z',
      found: quote(value),
    });
  }
  if (rules.some((rule) => rule.anyRef !== true)) checkBuilderRef(splitBuilderId(value), path);
}

function namesBuilder(rule: BuilderRule, facts: ProvenanceFacts, signer: Signer): boolean {
  const { value } = facts.builderId;
  if (rule.identity === undefined) return value === signer.identity;
  const environment = npmRunnerEnvironment(value);
  if (environment !== undefined && npmRunnerEnvironment(rule.id) === environment) {
    return value === rule.id || !facts.predicateType.startsWith('https://slsa.dev/provenance/v1');
  }
  const wanted = splitBuilderId(rule.id);
  const found = splitBuilderId(value);
  if (!fitsName(wanted, found)) return false;
  return rule.anyRef === true || wanted.ref !== undefined || found.ref === undefined || isBuilderRef(found);
}

function refuseId(rules: readonly BuilderRule[], facts: ProvenanceFacts, signer: Signer): never {
  const { value, path } = facts.builderId;
  const expected = list(
    rules.map((rule) => (rule.identity === undefined ? (signer.identity ?? '') : rule.id)),
  );
  if (rules.some((rule) => rule.id === NPM_RUNNER)) {
    refuse('BUILDER_ID_INVALID', 'the short id of the npm builder exists only in provenance v0.2', {
      path,
      expected,
      found: quote(value),
      hint: `ask for ${NPM_RUNNER}/github-hosted`,
    });
  }
  return refuse('BUILDER_ID_MISMATCH', 'the provenance names another builder', {
    path,
    expected,
    found: quote(value),
  });
}

function list(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  const shown = unique.slice(0, 5).map(quote).join(' or ');
  return unique.length > 5 ? `${shown} or ${unique.length - 5} more` : shown || 'none';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}...` : text);
}
