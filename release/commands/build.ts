import { randomUUID } from 'node:crypto';
import { defineCommand } from '#core/cli/command';
import { build } from '../build/build.ts';
import { removeBuild, writeBuild } from '../build/build-file.ts';
import { inWorkshop } from '../build/workshop.ts';
import { openWork } from '../lock/work.ts';
import { buildTwice } from '../rebuild/build-twice.ts';
import { checkEqual } from '../rebuild/check-equal.ts';
import { builtText } from '../report/built-text.ts';
import { rebuiltText } from '../report/rebuilt-text.ts';
import { stepProgress } from '../report/step-progress.ts';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { chooseDriver, sandboxFlag } from '../sandbox/choose-driver.ts';

export const command = defineCommand({
  name: 'build',
  usage: '[flags]',
  about: [
    'Runs every step of the plan that fetch left in the work folder, each in a sandbox of its own without a network, and packs what they wrote into archives and images.',
    'A step sees the source, the inputs and outputs that it says it reads, and its root; nothing of this machine, and nothing that another step has left. Before and after it, the network is looked at and tried from inside: where anything is reached, the build is refused. It is refused, too, where a step fails, tries to reach a network, does not write what it says, or brings in a dependency that the lock does not list.',
    'What was built is written to build.json, images to images/, everything else into the store.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    work: workFlag,
    sandbox: sandboxFlag,
    rebuild: {
      kind: 'switch',
      about: 'then do at once what rebuild does, with the inputs as they are laid out',
    },
    json: {
      kind: 'switch',
      about: 'what was built as JSON; with --rebuild, an object with build and rebuild',
    },
  },
  examples: [
    { about: 'Build what was fetched', command: 'edgeseal-release build' },
    { about: 'Build it twice, and compare', command: 'edgeseal-release build --rebuild' },
    {
      about: 'The digests of everything that was built',
      command: "edgeseal-release build --json | jq -r '.assets[].sha256, .images[].digest'",
    },
  ],
  run: async (flags, _operands, io) => {
    const workFolder = flags.text('work') ?? DEFAULT_WORK;
    const driver = chooseDriver(flags.text('sandbox'), io.env);
    const work = await openWork(workFolder);
    removeBuild(workFolder);
    const progress = stepProgress(io.stderr);
    const options = { work, now: io.now, progress, workFolder, invocationId: randomUUID() };
    return inWorkshop({ work, driver, folder: workFolder }, async (workshop) => {
      const isJson = flags.on('json') === true;
      if (flags.on('rebuild') === true) {
        const again = stepProgress(io.stderr, ' again');
        const made = await buildTwice({ ...options, again }, workshop);
        if (isJson) io.stdout(`${JSON.stringify(made, undefined, 2)}\n`);
        checkEqual(made.rebuild.differences);
        if (!isJson) io.stdout(builtText(made.build) + rebuiltText(made.rebuild));
        return 0;
      }
      const record = await build(options, workshop);
      writeBuild(workFolder, record);
      io.stdout(isJson ? `${JSON.stringify(record, undefined, 2)}\n` : builtText(record));
      return 0;
    });
  },
});
