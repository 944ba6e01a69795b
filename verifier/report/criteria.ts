import { describePolicy } from '#core/policy/describe-policy';
import type { Policy } from '#core/policy/policy';
import { escapeControls } from '#core/verdict/escape';
import { wrap } from '#core/cli/wrap';
import type { CuePolicy } from '../inputs/cue-policy.ts';

const WIDTH = 100;

/** What will be enforced, said before anything is verified. */
export function criteria(policy: Policy): string {
  return listed(describePolicy(policy));
}

/** What a CUE policy by itself enforces. */
export function cueCriteria({ name, digest }: CuePolicy): string {
  return listed([
    `policy ${JSON.stringify(name)} (sha256:${digest})`,
    'the whole statement satisfies it, and has every field that it constrains and does not mark as optional',
    'who must have signed it does not say: that is for --certificate-identity, --key, or a JSON policy',
  ]);
}

function listed(criteria: readonly string[]): string {
  const lines = criteria.map((line) => `  - ${wrap(escapeControls(line), 4, WIDTH).trimStart()}\n`);
  return `Criteria:\n${lines.join('')}`;
}
