import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startLocal } from '../../release/local/start-local.ts';
import { signEnvelope, statementAbout } from './sign.ts';
import { authenticated } from './verified.ts';

const bin = join(import.meta.dirname, '..', '..', 'release', 'bin', 'edgeseal-release.ts');
const content = Buffer.from('what is released\n');

let folder = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-up-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Up {
  readonly child: ChildProcess;
  readonly report: {
    readonly warning: string;
    readonly services: Readonly<Record<string, string>>;
    readonly files: Readonly<Record<string, string>>;
    readonly environment: Readonly<Record<string, string>>;
    readonly trustedRoot: unknown;
  };
}

/** `local up --json`, as soon as it is up. */
async function up(...args: readonly string[]): Promise<Up> {
  const child = spawn(process.execPath, [bin, 'local', 'up', '--json', ...args], {
    cwd: folder,
    env: { TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line = ''] = await once(createInterface(child.stdout), 'line');
  return { child, report: JSON.parse(String(line)) };
}

async function end({ child }: Up, signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return child.exitCode;
}

describe('edgeseal-release local up', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('runs until %s, and leaves nothing behind', async (signal) => {
    const running = await up();
    const { services, files, environment, warning, trustedRoot } = running.report;
    expect(warning).toMatch(/^For development only\./);
    expect(JSON.parse(readFileSync(files['trustedRoot'] ?? '', 'utf8'))).toEqual(trustedRoot);
    expect((await fetch(`${services['fulcio']}/api/v2/trustBundle`)).status).toBe(200);
    expect(Object.keys(environment)).toEqual([
      'ACTIONS_ID_TOKEN_REQUEST_URL',
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    ]);
    expect(await end(running, signal)).toBe(0);
    expect(existsSync(files['trustedRoot'] ?? '')).toBe(false);
    await expect(fetch(services['fulcio'] ?? '')).rejects.toThrow('fetch failed');
  });

  test('the job of the environment has the claims that were given', async () => {
    writeFileSync(
      join(folder, 'claims.json'),
      '{"repository": "kubeedge/edgeseal", "ref": "refs/heads/main"}',
    );
    const running = await up('--claims', 'claims.json');
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret = '' } =
      running.report.environment;
    const answer = await fetch(`${url}&audience=sigstore`, {
      headers: { authorization: `bearer ${secret}` },
    });
    const { value }: { value: string } = JSON.parse(await answer.text());
    const claims: unknown = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: 'repo:kubeedge/edgeseal:ref:refs/heads/main', aud: 'sigstore' });
    await end(running, 'SIGTERM');
  });
});

describe('state in a folder', () => {
  test('outlives a process that was killed: keys, port, logs, images', async () => {
    const first = await up('--state', 'state');
    const registry = `http://${first.report.services['registry']}/v2/example/app/blobs/uploads/`;
    const digest = 'sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
    expect((await fetch(`${registry}?digest=${digest}`, { method: 'POST', body: 'foo' })).status).toBe(201);
    await end(first, 'SIGKILL');

    const local = await startLocal({ state: join(folder, 'state') });
    const { trustedRoot, services } = first.report;
    expect([local.url, local.trustedRoot]).toEqual([services['fulcio'], trustedRoot]);
    expect(await (await fetch(`${local.url}/v2/example/app/blobs/${digest}`)).text()).toBe('foo');
    const bundle = await signEnvelope(local, statementAbout('artifact', content));
    await local.stop();

    const again = await startLocal({ state: join(folder, 'state') });
    expect(authenticated(again, bundle, content).signers).toHaveLength(1);
    expect(
      authenticated(again, await signEnvelope(again, statementAbout('b', content)), content).signers,
    ).toHaveLength(1);
    const { treeSize }: { treeSize: number } = JSON.parse(
      await (await fetch(`${again.url}/api/v1/log`)).text(),
    );
    expect(treeSize).toBe(3);
    await again.stop();
  });

  test('a record that was cut off is dropped', async () => {
    const state = join(folder, 'state');
    await (await startLocal({ state })).stop();
    appendFileSync(join(state, 'rekor-v1.journal'), 'AAAA');
    const local = await startLocal({ state });
    const bundle = await signEnvelope(local, statementAbout('artifact', content));
    await local.stop();
    const again = await startLocal({ state });
    expect(authenticated(again, bundle, content).signers).toHaveLength(1);
    const { tlogEntries }: { tlogEntries: [{ canonicalizedBody: string }] } = JSON.parse(
      bundle.toString(),
    ).verificationMaterial;
    const answer = await fetch(`${again.url}/api/v1/log/entries?logIndex=1`);
    expect(await answer.text()).toContain(`"body":"${tlogEntries[0].canonicalizedBody}"`);
    await again.stop();
  });

  test('nobody else may read the keys', async () => {
    const state = join(folder, 'state');
    await (await startLocal({ state })).stop();
    expect([statSync(state).mode & 0o777, statSync(join(state, 'keys.json')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
  });
});
