import { defineCommand } from '#core/cli/command';
import { readCuePolicy } from '../inputs/cue-policy.ts';
import { isCue, readPolicy } from '../inputs/policies.ts';
import { criteria, cueCriteria } from '../report/criteria.ts';

export const command = defineCommand({
  name: 'policy explain',
  usage: 'FILE...',
  about: [
    'Says in plain words what each policy asks for: the same lines that a verification prints before it begins.',
  ],
  operands: { name: 'FILE', min: 1, max: 1000 },
  flags: {},
  examples: [
    { about: 'What does this policy ask for?', command: 'edgeseal policy explain policies/release.json' },
  ],
  run: async (_flags, operands, io) => {
    for (const path of operands) {
      if (isCue(path)) io.stdout(cueCriteria(await readCuePolicy(io, path)));
      else io.stdout(criteria(await readPolicy(io, path)));
    }
    return 0;
  },
});
