import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileServer } from './file-server.ts';
import { publish } from './npm-world.ts';
import { TestRepository } from './repository.ts';
import { describe, Folders } from './work.ts';

const folders = new Folders();
afterAll(() => folders.remove());
const program = path.resolve(import.meta.dirname, '../../release/bin/edgeseal-release.ts');

test('fetch that is killed goes on where it was, and nothing of it is left', async () => {
  const server = await FileServer.start();
  const big = 'x'.repeat(100_000);
  const tarballs = await publish(server, [
    { name: 'first', version: '1.0.0' },
    {
      name: 'second',
      version: '1.0.0',
      files: { big: Array.from(big, (_, at) => at.toString(36)).join('') },
    },
  ]);
  const inputs = ['first', 'second'].map((name) => {
    const bytes = tarballs.get(`${name}@1.0.0`)?.bytes ?? Buffer.alloc(0);
    const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
    return { name, kind: 'toolchain', uri: `pkg:npm/${name}@1.0.0`, digest };
  });
  const repository = new TestRepository({ 'release.json': describe(inputs), a: 'a' });
  const work = folders.make('work');
  const fetch = (): ChildProcess =>
    spawn(process.execPath, [program, 'fetch', '--json', '--work', work, '--commit', repository.head], {
      cwd: repository.folder,
      env: { PATH: process.env['PATH'], HOME: folders.make('home'), npm_config_registry: server.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  try {
    const stalled = Promise.withResolvers<void>();
    let isStalling = true;
    server.faults.push((request, response) => {
      if (!isStalling || request.url?.includes('second') !== true) return false;
      const { bytes } = tarballs.get('second@1.0.0') ?? { bytes: Buffer.alloc(0) };
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => stalled.resolve());
      return true;
    });
    const killed = fetch();
    await stalled.promise;
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(existsSync(path.join(work, 'lock.json'))).toBe(false);

    isStalling = false;
    const again = fetch();
    let said = '';
    again.stdout?.setEncoding('utf8').on('data', (text: string) => void (said += text));
    expect(await once(again, 'close')).toEqual([0, null]);
    expect(JSON.parse(said)).toMatchObject({ origins: { store: 1, machine: 0, network: 1 } });
    expect(readdirSync(path.join(work, 'store/tmp'))).toEqual([]);
  } finally {
    await server.stop();
    repository.remove();
  }
});
