import { defineCommand } from '#core/cli/command';
import { readBuild } from '../build/build-file.ts';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { openWork } from '../lock/work.ts';
import { checkEqual } from '../rebuild/check-equal.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import { writeRebuild } from '../rebuild/rebuild-file.ts';
import { rebuiltText } from '../report/rebuilt-text.ts';
import { stepProgress } from '../report/step-progress.ts';
import { chooseDriver, sandboxFlag } from '../sandbox/choose-driver.ts';

export const command = defineCommand({
  name: 'rebuild',
  usage: '[flags]',
  about: [
    'Builds everything a second time and compares every byte with what build made. Steps run at another path, with another host name, user, group, umask, time zone and locale, later, long after another start of the machine, on one processor, and with other times of the files; all else is equal.',
    'Where anything differs, it is refused: the first place is named by the step that wrote it, the file, the member or section in it, and the offset. rebuild.json lists all.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    work: workFlag,
    sandbox: sandboxFlag,
    json: { kind: 'switch', about: 'what was compared as JSON' },
  },
  examples: [
    { about: 'Is the build the same elsewhere?', command: 'edgeseal-release rebuild' },
    {
      about: 'Everything that differs',
      command: "edgeseal-release rebuild --json | jq '.differences[]'",
    },
  ],
  run: async (flags, _operands, io) => {
    const workFolder = flags.text('work') ?? DEFAULT_WORK;
    const driver = chooseDriver(flags.text('sandbox'), io.env);
    const { value: build, sha256 } = await readBuild(workFolder);
    const record = await rebuild({
      work: await openWork(workFolder),
      driver,
      now: io.now,
      progress: stepProgress(io.stderr),
      workFolder,
      build,
      buildSha256: sha256,
    });
    writeRebuild(workFolder, record);
    if (flags.on('json') === true) io.stdout(`${JSON.stringify(record, undefined, 2)}\n`);
    checkEqual(record.differences);
    if (flags.on('json') !== true) io.stdout(rebuiltText(record));
    return 0;
  },
});
