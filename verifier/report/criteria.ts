import { describePolicy } from '#core/policy/describe-policy';
import type { Policy } from '#core/policy/policy';
import { escapeControls } from '#core/verdict/escape';
import { wrap } from '../cli/wrap.ts';

const WIDTH = 100;

/** What will be enforced, said before anything is verified. */
export function criteria(policy: Policy): string {
  const lines = describePolicy(policy).map(
    (line) => `  - ${wrap(escapeControls(line), 4, WIDTH).trimStart()}\n`,
  );
  return `Criteria:\n${lines.join('')}`;
}
