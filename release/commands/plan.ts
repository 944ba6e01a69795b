import { defineCommand } from '#core/cli/command';
import { DEFAULT_DESCRIPTION, planGiven, sourceFlags } from '../plan/plan-given.ts';
import { planText } from '../report/plan-text.ts';

export const command = defineCommand({
  name: 'plan',
  usage: '[flags] [FILE]',
  about: [
    `Reads a release description (${DEFAULT_DESCRIPTION} unless FILE says another one; - is standard input), checks all that can be known before anything is fetched, and shows the plan: which inputs are fetched and by which digests, the steps in their order with what each reads and writes, and the images and assets that there will be in the end.`,
    'Nothing is fetched, run or written, and no file but the description is read.',
    'Refused, with line and column: an input without a digest, an image by its tag alone, a text for a shell, a name that is not declared or declared twice, an output that two steps write, steps that wait for each other, a path that leaves the work directory, a platform that the release does not have, a tag that says no version.',
    'A description that is part of the source cannot name its own commit: --ref and --commit say it. docs/release.md describes the format.',
  ],
  operands: { name: 'FILE', min: 0, max: 1 },
  flags: {
    ...sourceFlags,
    json: { kind: 'switch', about: 'the plan as JSON' },
  },
  examples: [
    {
      about: 'What would this tag release?',
      command:
        'edgeseal-release plan --ref refs/tags/v1.2.3 --commit $(git rev-parse v1.2.3^{commit}) release.json',
    },
    {
      about: 'The digests that would be fetched',
      command: "edgeseal-release plan --json release.json | jq -r '.inputs[].digest'",
    },
  ],
  run: async (flags, [file = DEFAULT_DESCRIPTION], io) => {
    const plan = await planGiven(io, flags, file);
    io.stdout(flags.on('json') === true ? `${JSON.stringify(plan, undefined, 2)}\n` : planText(plan));
    return 0;
  },
});
