import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { scratch } from '../../../test/release-build/ground.ts';
import { soundEvidence } from '../../../test/release-build/sound-evidence.ts';
import { writeElf } from '../../../test/release-build/made-elf.ts';
import { checkHermetic } from '../check-hermetic.ts';
import type { SandboxOrder } from '../sandbox.ts';
import { containerDriver } from './driver.ts';

const { folder, remove } = scratch();
afterAll(remove);

const { before, after, attempts, control } = soundEvidence;
const report = { namespace: 'net:[2]', before, after, attempts, control };

/**
 * A container engine that runs nothing: it writes down what it is asked, and answers as an engine does. No real one
 * is needed, and what a real one does with these words is not tested here.
 */
const ENGINE = `#!${process.execPath}
const fs = require('node:fs');
const words = process.argv.slice(2);
const record = (more) => fs.appendFileSync(process.env.RECORD, JSON.stringify({ words, ...more }) + '\\n');
const [verb] = words;
if (process.env.FAILS === verb) { console.error('no ' + verb); process.exit(125); }
if (verb === '--version') console.log('podman version 5.2.0');
else if (verb === 'import') {
  const archive = fs.readFileSync(0);
  record({ size: archive.length, holds: ['edgeseal/program', 'edgeseal/release/module.ts', 'bin/tool\\0'].filter((name) => archive.includes(name)) });
  console.log('sha256:' + require('node:crypto').createHash('sha256').update(archive).digest('hex'));
} else if (verb === 'run' && words.includes('none')) {
  record();
  console.log('ready');
  process.stdin.once('data', () => { console.log(process.env.REPORT); process.exit(0); });
} else if (verb === 'run') {
  record();
  console.log('said');
  console.error('so');
  if (process.env.HANGS) setInterval(() => {}, 1000); else process.exit(3);
} else record();
`;

interface Asked {
  readonly words: readonly string[];
  readonly holds?: readonly string[];
}

let own: string;
beforeEach(() => {
  own = mkdtempSync(path.join(folder, 'engine-'));
  for (const name of ['docker', 'podman']) {
    writeFileSync(path.join(own, name), ENGINE);
    chmodSync(path.join(own, name), 0o755);
  }
  for (const name of ['root', 'root/bin', 'work', 'sandbox']) mkdirSync(path.join(own, name));
  writeFileSync(path.join(own, 'root/bin/tool'), 'tool');
});

const order = (): SandboxOrder => ({
  root: path.join(own, 'root'),
  mounts: [
    { source: path.join(own, 'work'), target: '/made', isWritable: true },
    { source: path.join(own, 'root'), target: '/inputs/a,"b', isWritable: false },
  ],
  directory: '/made',
  argv: ['/bin/tool', '--all', 'of it'],
  environment: { LABEL: 'a b' },
  identity: { hostname: 'maker', user: 1234, group: 2345, umask: 0o027, processors: [0, 2] },
  limits: { seconds: 10, output: 1000 },
});

const asked = (): readonly Asked[] =>
  readFileSync(path.join(own, 'record'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function driverOf(name: 'docker' | 'podman', caller: number, more: Readonly<Record<string, string>> = {}) {
  const environment = {
    PATH: `${own}:${process.env['PATH'] ?? ''}`,
    RECORD: path.join(own, 'record'),
    REPORT: JSON.stringify(report),
    ...more,
  };
  // A small program in the place of Node.js, whose octets are many.
  const executable = writeElf(path.join(own, 'program'), {});
  const modules = [[import.meta.filename, '/edgeseal/release/module.ts']] as const;
  const command = ['/edgeseal/program', '/edgeseal/release/bin/sandbox-supervisor.ts'];
  return containerDriver(
    name,
    environment,
    { user: caller, group: caller },
    { executable, modules, command },
  );
}

const run = (driver: ReturnType<typeof driverOf>) =>
  driver.run(order(), path.join(own, 'sandbox'), new AbortController().signal);

describe('a sandbox of containers', () => {
  test('takes everything away, imports what it runs, and removes it', async () => {
    const driver = driverOf('podman', 5000);
    const end = await run(driver);
    await driver.close();
    if (end.kind !== 'ended') throw new Error(end.limit);
    expect(end).toMatchObject({
      code: 3,
      evidence: { mechanism: 'container', version: 'podman version 5.2.0' },
    });
    expect(Buffer.from(end.log).toString()).toBe('said\nso\n');
    expect(() => checkHermetic(end.evidence, 'made/up')).not.toThrow();
    const calls = asked();
    expect(calls.map(({ words }) => words[0])).toEqual([
      'import',
      'import',
      'run',
      'run',
      'rm',
      'rmi',
      'rmi',
    ]);
    // The watcher has Node.js and our modules, the run what its root has.
    expect(calls.slice(0, 2).map(({ holds }) => holds)).toEqual([
      ['edgeseal/program', 'edgeseal/release/module.ts'],
      ['bin/tool\0'],
    ]);
    const closed = [
      '--pull',
      'never',
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--ipc',
      'private',
    ];
    const [, , watcher, own_] = calls.map(({ words }) => words);
    const name = own_?.[own_.indexOf('--name') + 1]?.replace(/-run$/, '');
    expect(watcher).toEqual(
      [
        [
          'run',
          '--interactive',
          '--network',
          'none',
          '--hostname',
          'maker',
          '--rm',
          '--name',
          `${name}-watcher`,
        ],
        closed,
        ['--userns', 'keep-id:uid=1234,gid=2345', '--user', '1234:2345'],
        expect.stringMatching(/^sha256:/),
        [
          '/edgeseal/program',
          expect.stringContaining('sandbox-supervisor'),
          'watch',
          expect.stringMatching(/^\d+$/),
        ],
      ].flat(),
    );
    expect(own_).toEqual(
      [
        ['run', '--network', `container:${name}-watcher`, '--rm', '--name', `${name}-run`],
        closed,
        ['--userns', 'keep-id:uid=1234,gid=2345', '--user', '1234:2345'],
        ['--tmpfs', '/tmp:rw,exec,nosuid,nodev,mode=1777', '--workdir', '/made'],
        ['--mount', `type=bind,source=${path.join(own, 'work')},target=/made`],
        ['--mount', `type=bind,source=${path.join(own, 'root')},"target=/inputs/a,""b",readonly`],
        ['--env', 'LABEL=a b', '--cpuset-cpus', '0,2', '--umask', '0027'],
        ['--hostname', 'maker', '--unsetenv-all', '--entrypoint', '/bin/tool'],
        expect.stringMatching(/^sha256:/),
        ['--all', 'of it'],
      ].flat(),
    );
  });

  test.each([
    ['docker', 5000, ['--user', '5000:5000'], false],
    ['podman', 0, ['--user', '1234:2345'], true],
  ] as const)('of %s, started by user %i', async (name, caller, expected, isGiven) => {
    const may = process.getuid?.() === 0 || !isGiven;
    const call = run(driverOf(name, caller));
    // Only root can give files away.
    if (!may) return expect(call).rejects.toThrow('EPERM');
    await call;
    const words = asked().flatMap((one) => (one.words[0] === 'run' ? [one.words] : []));
    for (const one of words)
      expect(one.slice(one.indexOf('--user'), one.indexOf('--user') + 2)).toEqual(expected);
    expect(words.flat().includes('--umask')).toBe(name === 'podman');
    if (isGiven) expect(statSync(path.join(own, 'work')).uid).toBe(1234);
    return undefined;
  });

  test('ends a run that is no longer wanted, and its containers', async () => {
    const driver = driverOf('podman', 5000, { HANGS: '1' });
    const stop = new AbortController();
    const ended = driver.run(order(), path.join(own, 'sandbox'), stop.signal);
    setTimeout(() => stop.abort(), 1000);
    await expect(ended).rejects.toThrow('aborted');
    expect(asked().filter(({ words }) => words[0] === 'rm')).toHaveLength(2);
  });

  test('ends a run at its limit', async () => {
    const driver = driverOf('podman', 5000, { HANGS: '1' });
    const end = await driver.run(
      { ...order(), limits: { seconds: 1, output: 1000 } },
      path.join(own, 'sandbox'),
      new AbortController().signal,
    );
    expect(end).toMatchObject({ kind: 'limit', limit: 'seconds' });
    expect(asked().filter(({ words }) => words[0] === 'rm')).toHaveLength(2);
  });

  test.each(['import', 'run'])('is unavailable where %s fails', async (verb) => {
    await expect(run(driverOf('docker', 5000, { FAILS: verb }))).rejects.toSatisfy(
      (error) => reasonOf(error).code === 'SANDBOX_UNAVAILABLE',
    );
  });

  test('is unavailable without an engine', () => {
    expect(existsSync(path.join(own, 'nothing'))).toBe(false);
    expect(() =>
      containerDriver('podman', { PATH: path.join(own, 'nothing') }, { user: 1, group: 1 }),
    ).toThrow(/there is no program podman/);
  });
});
