import { EdgesealError } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import type { ProvenanceFacts } from '#core/slsa/facts';
import { matchBuilder } from '#core/slsa/match-builder';
import { evaluateDependencies } from './evaluate-dependencies.ts';
import { evaluateExternalParameters, evaluateWorkflowInputs } from './evaluate-parameters.ts';
import { evaluateSource } from './evaluate-source.ts';
import type { ProvenanceRule } from './policy.ts';
import { expectFact, shown, type RuleContext } from './rule-context.ts';
import type { Site } from './site.ts';

/**
 * SLSA v1.2, "Verifying artifacts" steps 1d and 2, in slsa-verifier's order: the builder and its level, then
 * what it built from what, then the inputs; then what slsa-verifier does not look at.
 */
export function evaluateProvenance(rule: ProvenanceRule, context: RuleContext): readonly Reason[] {
  const { facts } = context;
  const site = context.site.child('provenance');
  if (facts.kind !== 'provenance') {
    return [
      {
        code: 'PROVENANCE_INVALID',
        message: 'the attestation is not SLSA provenance',
        path: 'predicateType',
        expected: 'https://slsa.dev/provenance/v1 or v0.2',
        found: shown(facts.predicateType),
        at: site.position(),
      },
    ];
  }
  const { buildType, source, workflowInputs, externalParameters } = rule;
  return [
    ...builderReasons(rule, facts, context, site),
    ...(source === undefined ? [] : evaluateSource(source, facts, site.child('source'))),
    ...(workflowInputs === undefined
      ? []
      : evaluateWorkflowInputs(workflowInputs, facts.workflowInputs, site.child('workflowInputs'))),
    ...(buildType === undefined
      ? []
      : expectFact(
          {
            code: 'BUILD_TYPE_MISMATCH',
            what: 'the build type',
            expected: buildType,
            at: site.child('buildType'),
          },
          facts.buildType,
        )),
    ...runReasons(rule, facts, site),
    ...(externalParameters === undefined
      ? []
      : evaluateExternalParameters(
          externalParameters,
          facts.externalParameters,
          site.child('externalParameters'),
        )),
    ...evaluateDependencies(rule, facts, site),
  ];
}

/** With trusted builders it must be one of them; without, the level is 1 at most. */
function builderReasons(
  rule: ProvenanceRule,
  facts: ProvenanceFacts,
  { signer }: RuleContext,
  site: Site,
): readonly Reason[] {
  try {
    const level = rule.builders.length === 0 ? 1 : matchBuilder(rule.builders, facts, signer).level;
    if (rule.level === undefined || level >= rule.level) return [];
    return [
      {
        code: 'BUILD_LEVEL_TOO_LOW',
        message: 'the builder is not trusted for the SLSA Build level that is asked for',
        path: facts.builderId.path,
        expected: `level ${rule.level}`,
        found: `level ${level} for ${shown(facts.builderId.value)}`,
        at: site.position('level'),
        hint: 'use a builder of that level; the level of a builder is what the policy trusts it for',
      },
    ];
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return [{ ...error.reason, at: error.reason.at ?? site.position('builders') }];
  }
}

/** How the build was started, and where it ran. */
function runReasons(rule: ProvenanceRule, facts: ProvenanceFacts, site: Site): readonly Reason[] {
  const { workflow, triggers, runnerEnvironment } = rule;
  return [
    ...(workflow === undefined
      ? []
      : expectFact(
          {
            code: 'WORKFLOW_MISMATCH',
            what: "the workflow's file",
            expected: workflow,
            at: site.child('workflow'),
          },
          facts.workflowPath,
        )),
    ...(triggers === undefined ? [] : triggerReasons(triggers, facts, site)),
    ...(runnerEnvironment === undefined
      ? []
      : expectFact(
          {
            code: 'RUNNER_ENVIRONMENT_MISMATCH',
            what: "the runner's environment",
            expected: runnerEnvironment,
            at: site.child('runnerEnvironment'),
          },
          facts.runnerEnvironment,
        )),
  ];
}

function triggerReasons(
  triggers: readonly string[],
  { trigger }: ProvenanceFacts,
  site: Site,
): readonly Reason[] {
  if (trigger !== undefined && triggers.includes(trigger.value)) return [];
  return [
    {
      code: 'TRIGGER_NOT_ALLOWED',
      message: 'the event that started the build is not one of those allowed',
      path: trigger?.path,
      expected: triggers.map(shown).join(' or '),
      found: trigger === undefined ? 'nothing' : shown(trigger.value),
      at: site.position('triggers'),
      hint: 'a build of another event can be started by other people, and from other code',
    },
  ];
}
