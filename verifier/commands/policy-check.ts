import { reasonOf } from '#core/errors/error';
import type { CueDoubt } from '#core/policy/cue-doubts';
import type { Policy } from '#core/policy/policy';
import { escapeControls } from '#core/verdict/escape';
import { positionText } from '#core/verdict/reasons';
import { reasonCodes } from '#core/errors/codes';
import { defineCommand } from '#core/cli/command';
import { formatReason } from '#core/cli/print-reason';
import { readCuePolicy } from '../inputs/cue-policy.ts';
import { isCue, readPolicy } from '../inputs/policies.ts';

export const command = defineCommand({
  name: 'policy check',
  usage: 'FILE...',
  about: [
    'Reads each policy file as a verification would, and says what is wrong with it, with line and column.',
    'A policy that passes here is never refused as a policy later; whether it asks for what you mean is said by policy explain.',
    'Of CUE it also lists what is likely meant otherwise (warning) and what is good to know (note), each with its rule and what to write instead. These are no faults: the exit code is 0. The rules are in docs/cue.md.',
  ],
  operands: { name: 'FILE', min: 1, max: 1000 },
  flags: {},
  examples: [{ about: 'Is this policy sound?', command: 'edgeseal policy check policies/release.json' }],
  run: async (_flags, operands, io) => {
    let worst = 0;
    for (const path of operands) {
      try {
        if (isCue(path)) {
          const { digest, doubts } = await readCuePolicy(io, path);
          io.stdout(`${path}: sound; CUE, sha256:${digest}\n${formatDoubts(doubts)}`);
          continue;
        }
        const policy = await readPolicy(io, path);
        const count = policy.requirements.length;
        io.stdout(
          `${path}: sound; ${count} ${count === 1 ? 'requirement' : 'requirements'}, sha256:${policy.digest}\n${formatDoubts(doubtsOf(policy))}`,
        );
      } catch (error) {
        const reason = reasonOf(error);
        io.stderr(`${path}:\n${formatReason(reason, '  ')}`);
        worst = Math.max(worst, reasonCodes[reason.code] === 'usage' ? 2 : 3);
      }
    }
    return worst;
  },
});

function doubtsOf({ requirements }: Policy): readonly CueDoubt[] {
  return requirements.flatMap(({ checks }) => checks.flatMap(({ doubts }) => doubts?.() ?? []));
}

/** What is no fault, and worth a second look. */
function formatDoubts(doubts: readonly CueDoubt[]): string {
  return doubts
    .map(
      ({ rule, level, message, at, hint }) =>
        `  ${positionText(at)}: ${level}: ${escapeControls(message)} [${rule}]\n    next: ${escapeControls(hint)}\n`,
    )
    .join('');
}
