import { defineCommand } from '#core/cli/command';
import { fetchRelease } from '../fetch/fetch-release.ts';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { DEFAULT_DESCRIPTION, planGiven, sourceFlags } from '../plan/plan-given.ts';
import { fetchJson, fetchText } from '../report/fetch-report.ts';

export const command = defineCommand({
  name: 'fetch',
  usage: '[flags] [FILE]',
  about: [
    `Brings everything that the release is built from into a work folder: the files of the commit, from the git repository that the release description (${DEFAULT_DESCRIPTION} unless FILE says another one) is in, and every input by its digest. It makes the plan first, with all its checks.`,
    'Each input is taken from the store of the work folder, else from a cache of this machine (of npm, of Go), else from the network; whatever its origin, its bytes are compared with the digest before they count. Nothing of the source or of an input is run.',
    'It writes plan.json and lock.json, which lists every file with its digest: the same description and commit give the same lock. What was fetched stays: run it again after a fault.',
    'With --offline no connection is opened; what is not at hand is named. docs/release.md says where inputs are looked for.',
  ],
  operands: { name: 'FILE', min: 0, max: 1 },
  flags: {
    ...sourceFlags,
    work: workFlag,
    offline: { kind: 'switch', about: 'open no connection' },
    json: { kind: 'switch', about: 'what was fetched, as JSON' },
  },
  examples: [
    {
      about: 'Fetch what the release of a tag needs',
      command:
        'edgeseal-release fetch --ref refs/tags/v1.2.3 --commit $(git rev-parse v1.2.3^{commit}) release.json',
    },
    {
      about: 'Again, on a machine without a network',
      command: 'edgeseal-release fetch --offline release.json',
    },
  ],
  run: async (flags, [file = DEFAULT_DESCRIPTION], io) => {
    const plan = await planGiven(io, flags, file);
    const work = flags.text('work') ?? DEFAULT_WORK;
    const result = await fetchRelease({
      plan,
      description: io.files.absolute(file),
      workFolder: io.files.absolute(work),
      isOffline: flags.on('offline') === true,
      io,
    });
    io.stdout(flags.on('json') === true ? fetchJson(plan, result, work) : fetchText(plan, result, work));
    return 0;
  },
});
