import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseJsonBytes } from '#core/json/parse';
import type { BuildRecord } from '../../release/build/build-record.ts';
import { writeLock } from '../../release/lock/lock-file.ts';
import { main } from '../../release/main.ts';
import type { RebuildRecord } from '../../release/rebuild/rebuild-record.ts';
import { writePlan } from '../../release/plan/plan-file.ts';
import type { Plan } from '../../release/plan/plan.ts';
import { openStore } from '../../release/store/store.ts';
import { sandboxes, scratch } from './ground.ts';
import { makeWork, rootInput, type ArchiveInput } from './made-work.ts';

const { folder, remove } = scratch();
const work = path.join(folder, 'work');
let root: ArchiveInput;

beforeAll(async () => {
  const programs = ['bash', 'cat', 'chmod', 'date', 'mkdir', 'od', 'stat'].map((name) => `/usr/bin/${name}`);
  root = await rootInput(openStore(work), programs);
});
afterAll(remove);

/** What `fetch` would leave for a step with this script, which makes an asset and an image. */
async function fetched(script: string): Promise<void> {
  const made = await makeWork(
    work,
    { 'build.sh': script },
    [{ name: 'compile', run: ['bash', '-e', 'build.sh'], out: { program: 'out/program' } }],
    [root],
  );
  const { platforms } = made.plan;
  const [platform = 'linux/amd64'] = platforms;
  const files = [{ output: 'made/program', path: 'bin/program' }];
  const plan: Plan = {
    ...made.plan,
    assets: [{ name: 'example.tar.gz', kind: 'archive', platform, files }],
    images: [
      {
        references: ['localhost/example:1.0.0'],
        platforms: [
          {
            platform,
            files: [{ output: 'made/program', path: '/bin/program' }],
            entrypoint: ['/bin/program'],
          },
        ],
      },
    ],
  };
  writePlan(work, plan);
  writeLock(work, made.lock);
}

async function call(...argv: readonly string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const { nodeIo } = await import('#core/io/node-io');
  const io = {
    ...nodeIo(),
    stdout: (text: string) => out.push(text),
    stderr: (text: string) => errors.push(text),
  };
  const code = await main([...argv, '--work', work], io);
  return { code, out: out.join(''), errors: errors.join('') };
}

const sound = 'mkdir out; echo "#!/bin/bash" >out/program; cat build.sh >>out/program; chmod +x out/program';

describe.skipIf(!sandboxes.allowed)(`build and rebuild${sandboxes.why}`, () => {
  test('a build is the same again, elsewhere', async () => {
    await fetched(sound);
    const built = await call('build');
    expect(built).toMatchObject({ code: 0 });
    expect(built.errors).toMatch(
      /^\[1\/1\] (made\/compile for linux\/amd64) \.\.\.\n\[1\/1\] \1: done, \d+\.\d s\n$/,
    );
    expect(built.out).toMatch(
      /^Built without a network \(linux-namespaces, util-linux [\d.]+\): 1 steps, 1 outputs\n/,
    );
    const record: BuildRecord = JSON.parse(readFileSync(path.join(work, 'build.json'), 'utf8'));
    expect(record.outputs).toMatchObject([{ output: 'made/program', executable: true }]);
    const store = openStore(work);
    const evidence = parseJsonBytes(await store.read(record.steps[0]?.evidence ?? ''));
    expect(evidence).toMatchObject({
      before: { interfaces: ['lo'] },
      control: { outside: { result: 'reached' } },
    });
    const again = await call('rebuild');
    expect(again).toMatchObject({ code: 0 });
    expect(again.errors).toMatch(/^\[1\/1\] made\/compile for linux\/amd64 \.\.\.\n.*\n$/);
    expect(again.out).toContain('Built again, and every byte is equal: 1 outputs, 1 assets, 1 images\n');
    expect(readdirSync(work).sort()).toEqual([
      'build.json',
      'images',
      'lock.json',
      'plan.json',
      'rebuild.json',
      'store',
    ]);
  });

  test('a build is the same again at once', async () => {
    await fetched(sound);
    const built = await call('build', '--rebuild');
    expect(built).toMatchObject({ code: 0 });
    expect(built.errors).toMatch(
      /^(\[1\/1\] made\/compile for linux\/amd64)(.*\n)\1.*\n(\[1\/1\] again made\/compile for linux\/amd64)\2\3.*\n$/,
    );
    expect(built.out).toMatch(/^Built without a network .*\nBuilt again, and every byte is equal: /s);
    expect(readdirSync(work).sort()).toEqual([
      'build.json',
      'images',
      'lock.json',
      'plan.json',
      'rebuild.json',
      'store',
    ]);
    const { varied }: RebuildRecord = JSON.parse(readFileSync(path.join(work, 'rebuild.json'), 'utf8'));
    expect(varied).toMatchObject({ path: '/elsewhere/work', hostname: 'another-machine', umask: '0077' });
    expect(varied.later).toBeGreaterThan(0);
  });

  const lettingIn = [
    ['the clock', `mkdir out; echo "made at $(date +%s.%N)" >out/program`, 'line 1'],
    ['the path', 'mkdir out; echo "made in $PWD" >out/program', 'line 1'],
    ['the user', 'mkdir out; echo "made by $UID" >out/program', 'line 1'],
    ['the host', 'mkdir out; echo "made on $HOSTNAME" >out/program', 'line 1'],
    ['chance', 'mkdir out; od -N 8 -x /dev/urandom >out/program', 'line 1'],
    ['the time of an input', 'mkdir out; stat -c %y /bin/bash >out/program', 'line 1'],
  ] as const;
  const later = async () => {
    expect(await call('build')).toMatchObject({ code: 0 });
    return call('rebuild');
  };
  const atOnce = async () => call('build', '--rebuild');
  test.each(
    lettingIn.flatMap((one) => [
      [...one, 'rebuild', later] as const,
      [...one, 'build --rebuild', atOnce] as const,
    ]),
  )('what lets in %s (%s) at %s is refused by %s, naming the step', async (_, script, where, _by, twice) => {
    await fetched(script);
    const again = await twice();
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.errors).toContain(
      'REBUILD_DIFFERS: the step made/compile made other bytes: output made/program for linux/amd64 is not the same in a second build\n',
    );
    expect(again.errors).toContain(`where:    ${where}, offset`);
    const record: RebuildRecord = JSON.parse(readFileSync(path.join(work, 'rebuild.json'), 'utf8'));
    expect(record.differences.map(({ what, where: places }) => [what, places.join(' ')])).toEqual([
      ['output made/program', where],
      ['asset example.tar.gz', `gzip member bin/program ${where}`],
      ['image localhost/example:1.0.0', expect.stringMatching(/^(the configuration|layer 1)/)],
    ]);
  });

  test('a rebuild of another lock is refused', async () => {
    await fetched(sound);
    expect(await call('build')).toMatchObject({ code: 0 });
    await fetched(`${sound}\n`);
    expect((await call('rebuild')).errors).toContain('RELEASE_WORK_INVALID: build.json is not of this lock');
  });

  test('a build that fails leaves no record of one before', async () => {
    await fetched(sound);
    expect(await call('build')).toMatchObject({ code: 0 });
    expect(await call('rebuild')).toMatchObject({ code: 0 });
    await fetched('exit 1');
    expect(await call('build')).toMatchObject({ code: 1, out: '' });
    expect(readdirSync(work).filter((name) => name.endsWith('build.json'))).toEqual([]);
  });

  test('what was built is told as JSON', async () => {
    await fetched(sound);
    const { out } = await call('build', '--json');
    const written = (name: string): unknown => JSON.parse(readFileSync(path.join(work, name), 'utf8'));
    expect(JSON.parse(out)).toEqual(written('build.json'));
    const twice = await call('build', '--rebuild', '--json');
    expect(JSON.parse(twice.out)).toEqual({ build: written('build.json'), rebuild: written('rebuild.json') });
  });
});
