import { mkdtempSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { sandboxes, scratch } from '../../test/release-build/ground.ts';
import {
  archiveInput,
  makeWork,
  rootInput,
  textEntry,
  type ArchiveInput,
  type Source,
  type StepInShort,
} from '../../test/release-build/made-work.ts';
import { goProgram } from '../../test/release-build/made-elf.ts';
import { contentOf } from '../archive/entry.ts';
import { namespaceDriver } from '../sandbox/namespaces.ts';
import { secondGround } from '../rebuild/second-ground.ts';
import { openStore } from '../store/store.ts';
import { runSteps } from './run-steps.ts';
import { inWorkshop } from './workshop.ts';
import { firstGround, type StepGround } from './step-ground.ts';

const { folder, remove } = scratch();
const store = openStore(folder);
const PROGRAMS = [
  'bash',
  'cat',
  'chmod',
  'cp',
  'date',
  'id',
  'ln',
  'mkdir',
  'nproc',
  'sleep',
  'stat',
  'uname',
];
const silent = { begin: () => undefined, end: () => undefined };
let root: ArchiveInput;
let tool: ArchiveInput;
let packages: ArchiveInput;

beforeAll(async () => {
  root = await rootInput(
    store,
    PROGRAMS.map((name) => `/usr/bin/${name}`),
  );
  tool = await archiveInput(store, 'tool', [
    textEntry('tool-1.0/bin/tool', '#!/bin/bash\necho "tool $1"', true),
    {
      kind: 'file',
      path: 'tool-1.0/linked',
      executable: true,
      content: contentOf(goProgram(['dep\texample.com/evil\tv1.0.0'])),
    },
  ]);
  const archive = await archiveInput(store, 'left', [
    textEntry('package/package.json', '{"name":"left","version":"1.0.0"}'),
    textEntry('package/index.js', 'left'),
  ]);
  const [left] = archive.dependencies;
  const { sha256 = '' } = left!.digest;
  const integrity = `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`;
  const entry = { version: '1.0.0', integrity };
  const lockText = JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/left': entry } });
  const stored = await store.put(Buffer.from(lockText));
  const lockfile = {
    uri: 'git+https://example.com#web/package-lock.json',
    digest: { sha256: stored.sha256 },
    size: stored.size,
  };
  packages = {
    name: 'packages',
    kind: 'npm-lockfile',
    from: 'web/package-lock.json',
    dependencies: [
      { ...lockfile, input: 'packages', kind: 'npm-lockfile' },
      {
        ...left!,
        input: 'packages',
        kind: 'npm-package',
        uri: 'pkg:npm/left@1.0.0',
        path: 'node_modules/left',
      },
    ],
  };
});
afterAll(remove);

async function run(source: Source, steps: readonly StepInShort[], ground?: StepGround) {
  const work = await makeWork(folder, source, steps, [root, tool, packages]);
  const own = mkdtempSync(path.join(folder, 'run-'));
  const made = await inWorkshop(
    { work, driver: namespaceDriver(process.env), folder: own },
    async (workshop) =>
      runSteps(
        {
          work,
          ground: ground ?? firstGround(work.lock.source.time),
          now: () => new Date(),
          progress: silent,
        },
        workshop,
      ),
  );
  expect(readdirSync(own)).toEqual([]);
  const texts = new Map<string, string>();
  for (const { output, sha256 } of made.outputs)
    texts.set(output, Buffer.from(await store.read(sha256)).toString());
  return { ...made, texts };
}

/** What one step with this script is refused for. */
async function refused(
  script: string,
  step: Partial<StepInShort> = {},
  source: Source = {},
): Promise<Reason> {
  try {
    await run({ ...source, 'build.sh': script }, [
      { run: ['bash', 'build.sh'], out: { file: 'out' }, ...step },
    ]);
  } catch (error) {
    return reasonOf(error);
  }
  throw new Error('it is not refused');
}

describe.skipIf(!sandboxes.allowed)(`steps${sandboxes.why}`, () => {
  test('see the source, what they read, and nothing else', async () => {
    const script = `
      set -e
      cat source/text
      {tool} x
      cat "$1"/left/index.js web/node_modules/left/index.js
      echo "$PWD $HOME $SOURCE_DATE_EPOCH $TZ $LC_ALL $OWN"
      stat -c %Y source/text
      echo /* /inputs/*`.replace('{tool}', '"$2"/bin/tool');
    const { texts, steps } = await run(
      { 'build.sh': `{ ${script}\n} >out`, 'source/text': 'text\n', 'web/package-lock.json': '{}' },
      [
        {
          run: ['bash', 'build.sh', '{input.packages}', '{input.tool}'],
          reads: ['packages', 'tool'],
          environment: { OWN: 'of {input.tool}, {date}' },
          out: { file: 'out' },
        },
      ],
    );
    expect(texts.get('made/file')).toBe(
      'text\ntool x\nleftleft/work /home 1700000000 UTC C.UTF-8 of /inputs/tool, 2023-11-14T22:13:20Z\n1700000000\n' +
        '/bin /dev /home /inputs /lib /lib64 /proc /tmp /work /inputs/tool\n',
    );
    expect(steps).toMatchObject([{ component: 'made', name: 'step-1', platform: 'linux/amd64' }]);
    const evidence = JSON.parse(Buffer.from(await store.read(steps[0]?.evidence ?? '')).toString());
    expect(evidence).toMatchObject({ schemaVersion: 1, mechanism: 'linux-namespaces', attempts: 0 });
  });

  test('have outputs of steps before them, where they were written and by their names; nothing else of them', async () => {
    const { texts, outputs } = await run(
      {
        'first.sh':
          'mkdir bin; echo "#!/bin/bash\necho made" >bin/program; chmod +x bin/program; echo left >left',
        'second.sh': '{ bin/program; "$1"; echo "$1"; echo *; } >out',
      },
      [
        { run: ['bash', '-eu', 'first.sh'], out: { program: 'bin/program' } },
        {
          run: ['bash', '-eu', 'second.sh', '{output.made/program}'],
          reads: ['made/program'],
          out: { file: 'out' },
        },
      ],
    );
    expect(texts.get('made/file')).toBe('made\nmade\n/outputs/made/program\nbin first.sh out second.sh\n');
    expect(outputs.map(({ executable }) => executable)).toEqual([true, false]);
  });

  test.each([
    [
      'opens a socket',
      'BUILD_STEP_NETWORK',
      '(exec 3<>/dev/tcp/192.0.2.1/80) 2>/dev/null; echo x >out',
      'tried to reach a network',
    ],
    ['reads an undeclared file', 'BUILD_STEP_FAILED', `cat ${folder}/file >out`, 'failed'],
    [
      'reads an input that it does not declare',
      'BUILD_STEP_FAILED',
      'cat web/node_modules/left/index.js >out',
      'failed',
    ],
    [
      'brings in a dependency that the lock does not list',
      'BUILD_DEPENDENCY_UNLISTED',
      'mkdir -p lib/node_modules/evil; echo x >lib/node_modules/evil/index.js; echo x >out',
      'brought in a dependency',
    ],
    [
      'brings in a vendored one',
      'BUILD_DEPENDENCY_UNLISTED',
      'mkdir -p vendor/evil; echo x >vendor/evil/evil.go; echo x >out',
      'brought in a dependency',
    ],
    [
      'fills a module cache',
      'BUILD_DEPENDENCY_UNLISTED',
      'mkdir -p $HOME/go/pkg/mod/evil@v1; echo x >$HOME/go/pkg/mod/evil@v1/evil.go; echo x >out',
      'brought in a dependency',
    ],
    ['fails', 'BUILD_STEP_FAILED', 'echo why; exit 3', 'failed'],
    ['does not write what it says', 'BUILD_OUTPUT_INVALID', ':', 'did not write made/file'],
    ['writes a link', 'BUILD_OUTPUT_INVALID', 'ln -s build.sh out', 'did not write made/file'],
    ['writes a folder', 'BUILD_OUTPUT_INVALID', 'mkdir out', 'did not write made/file'],
  ])('that %s: %s, naming the step', async (_, code, script, message) => {
    const reason = await refused(script);
    expect(reason).toMatchObject({ code });
    expect(reason.message).toContain(`the step made/step-1 for linux/amd64 ${message}`);
  });

  test('cannot write into an input', async () => {
    const step = { run: ['bash', '-e', 'build.sh'], reads: ['packages'] };
    const reason = await refused('echo x >web/node_modules/evil.js; echo x >out', step, {
      'web/package-lock.json': '{}',
    });
    expect(reason).toMatchObject({ code: 'BUILD_STEP_FAILED' });
    expect(reason.found).toContain('Read-only file system');
  });

  test('that links a module of Go that the lock does not list: BUILD_DEPENDENCY_UNLISTED', async () => {
    const step = { run: ['cp', '{input.tool}/linked', 'out'], reads: ['tool'] };
    expect(await refused('', step)).toMatchObject({
      code: 'BUILD_DEPENDENCY_UNLISTED',
      message: 'the step made/step-1 for linux/amd64 brought in a dependency that the lock does not list',
      path: 'made/file',
      found: '"example.com/evil@v1.0.0"',
    });
  });

  test('are told what they said where they fail', async () => {
    expect((await refused('echo why; exit 3')).found).toMatch(/^exit code 3, after it said ".*why"$/);
  });

  test('write through no link of the source', async () => {
    const source: Source = { 'a.sh': 'echo x >out' };
    const reason = await refused(
      'mkdir real; echo x >real/file; ln -s real dir',
      { out: { file: 'dir/file' } },
      source,
    );
    expect(reason).toMatchObject({ code: 'BUILD_OUTPUT_INVALID', found: 'a link at "dir"' });
  });

  test('have everything otherwise on the second ground', async () => {
    const script =
      '{ echo "$PWD $HOME $TZ $LC_ALL $1"; id -u; uname -n; umask; stat -c %Y build.sh; nproc; } >out';
    const { texts } = await run(
      { 'build.sh': script },
      [{ run: ['bash', 'build.sh', '{input.tool}'], reads: ['tool'], out: { file: 'out' } }],
      secondGround(),
    );
    expect(texts.get('made/file')).toBe(
      '/elsewhere/work /elsewhere/home Pacific/Chatham tr_TR.UTF-8 /elsewhere/inputs/tool\n' +
        '54321\nanother-machine\n0077\n1000000000\n1\n',
    );
  });

  /** One step with each script, none of which reads of another. */
  const apart = (scripts: readonly string[]): readonly [Source, readonly StepInShort[]] => [
    Object.fromEntries(scripts.map((text, index) => [`${index}.sh`, text])),
    scripts.map((_, index) => ({ run: ['bash', '-e', `${index}.sh`], out: { [`file-${index}`]: 'out' } })),
  ];

  test.skipIf(availableParallelism() === 1)(
    'that read nothing of each other run at the same time',
    async () => {
      const { steps, outputs } = await run(...apart(['sleep 1; echo 0 >out', 'sleep 1; echo 1 >out']));
      expect(outputs.map(({ output }) => output)).toEqual(['made/file-0', 'made/file-1']);
      const [first, second] = steps.map(({ startedOn, finishedOn }) => [startedOn, finishedOn] as const);
      expect(second?.[0].localeCompare(first?.[1] ?? '')).toBe(-1);
    },
  );

  test.each([
    ['fails later than another', ['sleep 1; echo late; exit 3', 'exit 4'], 'made/step-1', 'exit code 3'],
    ['fails, and another would never end', ['exit 3', 'sleep 1000'], 'made/step-1', 'exit code 3'],
    ['ends well, and another fails', ['sleep 1; echo >out', 'exit 4'], 'made/step-2', 'exit code 4'],
  ])('the first of which %s: the first that fails is told of', async (_, scripts, name, found) => {
    const error = await run(...apart(scripts)).catch((cause: unknown) => cause);
    const reason = reasonOf(error);
    expect(reason).toMatchObject({ code: 'BUILD_STEP_FAILED' });
    expect(reason.message).toBe(`the step ${name} for linux/amd64 failed`);
    expect(reason.found).toContain(found);
  });
});
