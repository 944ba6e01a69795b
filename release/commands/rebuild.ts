import { defineCommand } from '#core/cli/command';
import { refuse } from '#core/errors/error';
import { readBuild } from '../build/build-file.ts';
import { inWorkshop } from '../build/workshop.ts';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { openWork } from '../lock/work.ts';
import { checkEqual } from '../rebuild/check-equal.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import { writeRebuild } from '../rebuild/rebuild-file.ts';
import { rebuildPublished } from '../rebuild/rebuild-published.ts';
import { publishedJson, publishedText } from '../report/published-text.ts';
import { rebuiltText } from '../report/rebuilt-text.ts';
import { stepProgress } from '../report/step-progress.ts';
import { chooseDriver, sandboxFlag } from '../sandbox/choose-driver.ts';

export const command = defineCommand({
  name: 'rebuild',
  usage: '[flags] [FILE]',
  about: [
    'Builds everything a second time and compares every byte with what build made. Steps run at another path, with another host name, user, group, umask, time zone and locale, later, long after another start of the machine, on one processor, and with other times of the files; all else is equal.',
    'Where anything differs, it is refused: the first place is named by the step that wrote it, the file, the member or section in it, and the offset. rebuild.json lists all.',
    'With --provenance it needs no build: the source and every input are fetched anew as the published provenance lists them, built, and every file and image that the provenance is about must come out with its digest. The description is taken from the source, which is cloned; or FILE is it, in a clone of the source. Who signed the provenance is not looked at here: edgeseal verify-release does that.',
  ],
  operands: { name: 'FILE', min: 0, max: 1 },
  flags: {
    work: workFlag,
    provenance: {
      kind: 'text',
      value: 'FILE',
      about: 'published provenance, as multiple.intoto.jsonl, to build again from it alone',
    },
    offline: { kind: 'switch', about: 'with --provenance: open no connection; FILE is needed' },
    sandbox: sandboxFlag,
    json: { kind: 'switch', about: 'what was compared as JSON' },
  },
  examples: [
    { about: 'Is the build the same elsewhere?', command: 'edgeseal-release rebuild' },
    {
      about: 'Everything that differs',
      command: "edgeseal-release rebuild --json | jq '.differences[]'",
    },
    {
      about: 'Is what was published what its source makes?',
      command: 'edgeseal-release rebuild --work again --provenance multiple.intoto.jsonl',
    },
  ],
  run: async (flags, [file], io) => {
    const workFolder = flags.text('work') ?? DEFAULT_WORK;
    const driver = chooseDriver(flags.text('sandbox'), io.env);
    const progress = stepProgress(io.stderr);
    const provenance = flags.text('provenance');
    const isOffline = flags.on('offline') === true;
    if (provenance !== undefined) {
      checkTogether(isOffline, file);
      const result = await rebuildPublished({
        provenance,
        description: file,
        workFolder: io.files.absolute(workFolder),
        isOffline,
        driver,
        progress,
        io,
      });
      io.stdout(flags.on('json') === true ? publishedJson(result) : publishedText(result));
      return 0;
    }
    if (file !== undefined || isOffline) {
      refuse('FLAG_CONFLICT', 'FILE and --offline are for --provenance', {
        hint: 'a rebuild of what was built here takes all from the work folder',
      });
    }
    const { value: build, sha256 } = await readBuild(workFolder);
    const work = await openWork(workFolder);
    const options = { work, now: io.now, progress, workFolder, build, buildSha256: sha256 };
    const record = await inWorkshop({ work, driver, folder: workFolder }, async (workshop) =>
      rebuild(options, workshop),
    );
    writeRebuild(workFolder, record);
    if (flags.on('json') === true) io.stdout(`${JSON.stringify(record, undefined, 2)}\n`);
    checkEqual(record.differences);
    if (flags.on('json') !== true) io.stdout(rebuiltText(record));
    return 0;
  },
});

function checkTogether(isOffline: boolean, file: string | undefined): void {
  if (!isOffline || file !== undefined) return;
  refuse('FLAG_REQUIRED', '--offline needs the description in a clone of the source', {
    expected: 'FILE, after the flags',
    found: 'nothing',
  });
}
