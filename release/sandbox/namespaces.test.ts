import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { makeRoot, sandboxes, scratch } from '../../test/release-build/ground.ts';
import { checkHermetic } from './check-hermetic.ts';
import { namespaceDriver } from './namespaces.ts';
import type { Mount, SandboxOrder, SandboxRun } from './sandbox.ts';
import { QUIET_TRIES } from './quiet-tries.test-data.ts';

const { folder, remove } = scratch();
const root = path.join(folder, 'the root');
const driver = namespaceDriver(process.env);

beforeAll(() => {
  mkdirSync(root);
  makeRoot(root);
});
afterAll(remove);

const identity = { hostname: 'maker', user: 1234, group: 2345, umask: 0o027 };

interface Run {
  readonly work: string;
  readonly end: Promise<SandboxRun>;
}

/** A run in a work folder of its own, until the signal. */
function begin(argv: readonly string[], given: Partial<SandboxOrder>, signal: AbortSignal): Run {
  const own = mkdtempSync(path.join(folder, 'run-'));
  const work = path.join(own, 'work');
  mkdirSync(work);
  const order: SandboxOrder = {
    root,
    mounts: [{ source: work, target: '/place', isWritable: true }, ...(given.mounts ?? [])],
    directory: '/place',
    argv,
    environment: { PATH: '/bin', LABEL: 'a b' },
    identity,
    limits: { seconds: 20, output: 1_000_000 },
    ...(given.limits === undefined ? {} : { limits: given.limits }),
  };
  return { work, end: driver.run(order, mkdtempSync(path.join(own, 'sandbox-')), signal) };
}

/** One run to its end. */
async function run(
  argv: readonly string[],
  given: Partial<SandboxOrder> = {},
): Promise<{ readonly end: SandboxRun; readonly work: string }> {
  const { work, end } = begin(argv, given, new AbortController().signal);
  return { work, end: await end };
}

const script = (text: string): readonly string[] => ['node', '-e', text];
const logOf = ({ log }: SandboxRun): string => Buffer.from(log).toString('utf8');
const seen = async (text: string, given?: Partial<SandboxOrder>): Promise<unknown> => {
  const { end } = await run(script(`console.log(JSON.stringify((() => { ${text} })()))`), given);
  return JSON.parse(logOf(end));
};

describe.skipIf(!sandboxes.allowed)(`a sandbox of namespaces${sandboxes.why}`, () => {
  test('is what it is told to be, and nothing of the host', async () => {
    const found = await seen(`
      const fs = require('node:fs');
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
      return {
        user: process.getuid(), group: process.getgid(), host: require('node:os').hostname(),
        umask: process.umask(), environment: process.env, folder: process.cwd(),
        top: fs.readdirSync('/'), devices: fs.readdirSync('/dev'), input: fs.readFileSync(0, 'utf8'),
        capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map(field).join(), privileges: field('NoNewPrivs'),
        processes: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length,
        files: fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } })
          .filter((file) => file.startsWith('/')).filter((file) => !file.startsWith('/dev') && !file.startsWith('/proc')).length,
      };`);
    expect(found).toEqual({
      user: 1234,
      group: 2345,
      host: 'maker',
      umask: 0o027,
      environment: { PATH: '/bin', LABEL: 'a b' },
      folder: '/place',
      top: [...readdirSync(root), 'dev', 'place', 'proc', 'tmp'].toSorted(),
      devices: ['fd', 'full', 'null', 'random', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'],
      input: '',
      capabilities: '0000000000000000,0000000000000000,0000000000000000,0000000000000000',
      privileges: '1',
      processes: 2,
      // Standard output and error.
      files: 2,
    });
  });

  test('writes into its work folder and /tmp, nowhere else', async () => {
    const input = path.join(folder, 'an input #1\\ of');
    mkdirSync(input, { recursive: true });
    writeFileSync(path.join(input, 'file'), 'read');
    const mounts: Mount[] = [
      { source: input, target: '/inputs/an input #1', isWritable: false },
      { source: path.join(input, 'file'), target: '/place/under/file', isWritable: false },
    ];
    const found = await seen(
      `const fs = require('node:fs');
       const write = (file) => { try { fs.writeFileSync(file, 'x'); return 'written'; } catch (error) { return error.code; } };
       return [fs.readFileSync('/inputs/an input #1/file', 'utf8'), fs.readFileSync('/place/under/file', 'utf8'),
         ...['/place/a', '/tmp/a', '/a', '/bin/a', '/dev/a', '/inputs/a', '/inputs/an input #1/a', '/place/under/file',
           '/proc/sys/kernel/core_pattern', '/proc/1/root/a'].map(write)];`,
      { mounts },
    );
    const isClosed = expect.stringMatching(/^(EROFS|EACCES)$/);
    expect(found).toEqual(['read', 'read', 'written', 'written', ...Array(8).fill(isClosed)]);
  });

  test('gives evidence that there was no network', async () => {
    const { end } = await run(script(''));
    if (end.kind !== 'ended') throw new Error(end.limit);
    expect(() => checkHermetic(end.evidence, 'made/up')).not.toThrow();
    expect(end.evidence).toMatchObject({
      before: { interfaces: ['lo'], routes: [] },
      after: { interfaces: ['lo'], routes: [] },
      control: { outside: { result: 'reached' }, user: 1234, group: 2345, noNewPrivileges: true },
      attempts: 0,
    });
    expect(end.evidence.control.attempts.map(({ result }) => result)).toEqual(['ENETUNREACH', 'ENETUNREACH']);
  });

  test.each(QUIET_TRIES)('counts a try that the program keeps quiet about: %s', async (_, text) => {
    const { end } = await run(script(text));
    if (end.kind !== 'ended') throw new Error(end.limit);
    expect(end.code).toBe(0);
    expect(end.evidence.attempts).toBeGreaterThan(0);
    try {
      checkHermetic(end.evidence, 'made/up');
      expect.unreachable();
    } catch (error) {
      expect(reasonOf(error)).toMatchObject({
        code: 'BUILD_STEP_NETWORK',
        message: 'the step made/up tried to reach a network',
      });
    }
  });

  test.each([
    ['a code', `process.exit(7)`, { code: 7, signal: null }],
    [
      'a signal',
      `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000)`,
      { code: null, signal: 'SIGTERM' },
    ],
  ])('ends with %s', async (_, text, expected) => {
    expect((await run(script(text))).end).toMatchObject({ kind: 'ended', ...expected });
  });

  test('says which program there is not', async () => {
    const { end } = await run(['no-such-program']);
    expect(end).toMatchObject({ code: 127 });
    expect(logOf(end)).toContain('no-such-program');
  });

  test('takes what is printed, in its order, by any way', async () => {
    const { end } = await run(['sh', '-c', 'echo 1; echo 2 >&2; echo 3 >/dev/stdout; echo 4 >/dev/stderr']);
    expect(logOf(end)).toBe('1\n2\n3\n4\n');
  });

  test.each([
    ['seconds', { seconds: 1, output: 1000 }, `setInterval(() => {}, 1000)`],
    ['output', { seconds: 20, output: 1000 }, `setInterval(() => console.log('x'.repeat(100)), 1)`],
  ] as const)('ends at the limit of %s', async (limit, limits, text) => {
    expect((await run(script(text), { limits })).end).toMatchObject({ kind: 'limit', limit });
  });

  test('ends what the program leaves behind', async () => {
    const beat = `setInterval(() => require('node:fs').appendFileSync('/place/beat', 'x'), 5)`;
    const { end, work } = await run(
      script(`
        const fs = require('node:fs');
        require('node:child_process').spawn('node', ['-e', ${JSON.stringify(beat)}], { detached: true, stdio: 'ignore' }).unref();
        const wait = setInterval(() => { if (fs.existsSync('/place/beat')) clearInterval(wait); }, 5);`),
    );
    expect(end).toMatchObject({ kind: 'ended', code: 0 });
    const size = (): number => readFileSync(path.join(work, 'beat')).length;
    const before = size();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(size()).toBe(before);
  });

  /** A process of its own that has a sandbox, made by this module. */
  const ownProcess = (text: string, work: string): string => `
    import { namespaceDriver } from ${JSON.stringify(new URL('namespaces.ts', import.meta.url).href)};
    import { mkdirSync, mkdtempSync } from 'node:fs';
    const end = await namespaceDriver(process.env).run({
      root: ${JSON.stringify(root)}, mounts: [{ source: ${JSON.stringify(work)}, target: '/place', isWritable: true }],
      directory: '/place', argv: ['node', '-e', ${JSON.stringify(text)}], environment: { PATH: '/bin' },
      identity: ${JSON.stringify(identity)}, limits: { seconds: 20, output: 1000 },
    }, mkdtempSync(${JSON.stringify(`${work}/../sandbox-`)}), new AbortController().signal);
    console.log(JSON.stringify({ ...end, log: Buffer.from(end.log).toString() }));`;

  test('ends when whoever began it is killed', async () => {
    const own = mkdtempSync(path.join(folder, 'killed-'));
    const work = path.join(own, 'work');
    mkdirSync(work);
    const beat = `setInterval(() => require('node:fs').appendFileSync('/place/beat', 'x'), 5)`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', ownProcess(beat, work)], {
      stdio: 'ignore',
    });
    const file = path.join(work, 'beat');
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await expect
      .poll(async () => {
        const before = readFileSync(file).length;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return readFileSync(file).length - before;
      })
      .toBe(0);
  });

  test('ends when it is no longer wanted', async () => {
    const stop = new AbortController();
    const beat = script(`setInterval(() => require('node:fs').appendFileSync('/place/beat', 'x'), 5)`);
    const { work, end } = begin(beat, {}, stop.signal);
    const file = path.join(work, 'beat');
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    await expect(end).rejects.toThrow('aborted');
    const before = readFileSync(file).length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readFileSync(file)).toHaveLength(before);
    await expect(begin(beat, {}, AbortSignal.abort()).end).rejects.toThrow('aborted');
  });

  test('has no file that the caller had open', async () => {
    const own = mkdtempSync(path.join(folder, 'open-'));
    const work = path.join(own, 'work');
    mkdirSync(work);
    const text = `console.log(require('node:fs').readdirSync('/proc/self/fd').map((fd) => { try { return require('node:fs').readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } }).filter((file) => file === ${JSON.stringify(own)}).length)`;
    const opened = openSync(own, 'r');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', ownProcess(text, work)],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', opened, opened] },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ code: 0, log: '0\n' });
  });

  test.skipIf(process.getuid?.() !== 0)('works for an ordinary user', () => {
    const own = mkdtempSync(path.join(folder, 'ordinary-'));
    const work = path.join(own, 'work');
    mkdirSync(work);
    const give = spawnSync('chown', ['-R', '65534:65534', own]);
    expect(give.status).toBe(0);
    const open = spawnSync('chmod', ['755', folder]);
    expect(open.status).toBe(0);
    const text = `require('node:fs').writeFileSync('/place/made', String(process.getuid()))`;
    const { stdout, stderr } = spawnSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        '--input-type=module',
        '-e',
        ownProcess(text, work),
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'ended', code: 0 });
    expect(readFileSync(path.join(work, 'made'), 'utf8')).toBe('1234');
  });
});
