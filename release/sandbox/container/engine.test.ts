import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { makeRoot, scratch } from '../../../test/release-build/ground.ts';
import { checkHermetic } from '../check-hermetic.ts';
import type { SandboxDriver, SandboxOrder, SandboxRun } from '../sandbox.ts';
import { containerDriver } from './driver.ts';
import { QUIET_TRIES } from '../quiet-tries.test-data.ts';

/** An engine that this machine lets us use. */
const asked = process.env['EDGESEAL_CONTAINER_ENGINE'];
const engine = asked === 'docker' || asked === 'podman' ? asked : undefined;
const why = engine === undefined ? ' (skipped: EDGESEAL_CONTAINER_ENGINE names none, podman or docker)' : '';

const { folder, remove } = scratch();
const root = path.join(folder, 'the root');
const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
let driver: SandboxDriver;
beforeAll(() => {
  if (engine === undefined) return;
  mkdirSync(root);
  makeRoot(root);
  driver = containerDriver(engine, process.env, { user, group });
});
afterAll(async () => {
  if (engine !== undefined) await driver.close();
  remove();
}, 60_000);

/** One run in a work folder of its own. */
async function run(text: string, given: Partial<SandboxOrder> = {}): Promise<SandboxRun> {
  const own = mkdtempSync(path.join(folder, 'run-'));
  for (const name of ['work', 'sandbox', 'input']) mkdirSync(path.join(own, name));
  writeFileSync(path.join(own, 'input/file'), 'read');
  const end = await driver.run(
    {
      root,
      mounts: [
        { source: path.join(own, 'work'), target: '/place', isWritable: true },
        { source: path.join(own, 'input'), target: '/inputs/an input, "1"', isWritable: false },
      ],
      directory: '/place',
      argv: ['node', '-e', text],
      environment: { PATH: '/bin', HOME: '/tmp', LABEL: 'a b' },
      identity: { hostname: 'maker', user: 1234, group: 2345, umask: 0o027 },
      limits: { seconds: 60, output: 1_000_000 },
      ...given,
    },
    path.join(own, 'sandbox'),
    new AbortController().signal,
  );
  // What it wrote is the caller's to read.
  if (text.includes("'/place/made'")) expect(readFileSync(path.join(own, 'work/made'), 'utf8')).toBe('made');
  return end;
}
const logOf = ({ log }: SandboxRun): string => Buffer.from(log).toString('utf8');

describe.skipIf(engine === undefined)(`a sandbox of containers of a real engine${why}`, () => {
  test('is what it is told to be, writes where it may, and has no network', { timeout: 60_000 }, async () => {
    const end = await run(`
      const fs = require('node:fs');
      const write = (file) => { try { fs.writeFileSync(file, 'made'); return 'written'; } catch (error) { return error.code; } };
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
      console.log(JSON.stringify({
        user: process.getuid(), group: process.getgid(), umask: process.umask(), folder: process.cwd(),
        host: require('node:os').hostname(), environment: process.env, input: fs.readFileSync(0, 'utf8'),
        read: fs.readFileSync('/inputs/an input, "1"/file', 'utf8'),
        capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map(field).join(), privileges: field('NoNewPrivs'),
        writes: ['/place/made', '/tmp/a', '/a', '/bin/a', '/inputs/an input, "1"/a', '/proc/sys/kernel/core_pattern'].map(write),
      }));`);
    if (end.kind !== 'ended') throw new Error(end.limit);
    const isClosed = expect.stringMatching(/^(EROFS|EACCES)$/);
    const isPodman = engine === 'podman';
    expect(JSON.parse(logOf(end))).toEqual({
      user: isPodman || user === 0 ? 1234 : user,
      group: isPodman || user === 0 ? 2345 : group,
      umask: isPodman ? 0o027 : 0o022,
      folder: '/place',
      host: 'maker',
      // No engine can be talked out of this one.
      environment: { PATH: '/bin', HOME: '/tmp', LABEL: 'a b', HOSTNAME: 'maker' },
      input: '',
      read: 'read',
      capabilities: '0000000000000000,0000000000000000,0000000000000000,0000000000000000',
      privileges: '1',
      writes: ['written', 'written', ...Array(4).fill(isClosed)],
    });
    expect(() => checkHermetic(end.evidence, 'made/up')).not.toThrow();
    expect(end.evidence).toMatchObject({ before: { interfaces: ['lo'], routes: [] }, attempts: 0 });
  });

  test.each(QUIET_TRIES)(
    'counts a try that the program keeps quiet about: %s',
    { timeout: 60_000 },
    async (_, text) => {
      const end = await run(text);
      if (end.kind !== 'ended') throw new Error(end.limit);
      expect(end.code).toBe(0);
      try {
        checkHermetic(end.evidence, 'made/up');
        expect.unreachable();
      } catch (error) {
        expect(reasonOf(error).code).toBe('BUILD_STEP_NETWORK');
      }
    },
  );

  test.each<[string, Partial<SandboxOrder>, object]>([
    ['a code', { argv: ['node', '-e', 'process.exit(7)'] }, { kind: 'ended', code: 7 }],
    ['no such program', { argv: ['no-such-program'] }, { kind: 'ended', code: 127 }],
    ['too much time', { limits: { seconds: 3, output: 1000 } }, { kind: 'limit', limit: 'seconds' }],
  ])('ends with %s', { timeout: 60_000 }, async (_, given, expected) => {
    expect(await run('setInterval(() => {}, 1000)', given)).toMatchObject(expected);
  });
});
