import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startLocal, type Local } from '../../release/local/start-local.ts';
import { digestOf } from '../registry/server.ts';
import { pushTo } from './attested.ts';
import { findPeer, mustRun, runPeer } from './peers.ts';

const crane = findPeer('crane', 'EDGESEAL_CRANE');

describe.skipIf(crane === '')('crane and the local registry (skipped where there is no crane)', () => {
  let folder = '';
  let local: Local;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeseal-crane-'));
    local = await startLocal({ state: join(folder, 'state') });
  });
  afterAll(async () => {
    await local.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = async (...args: readonly string[]): Promise<string> =>
    (await mustRun(crane, args, folder)).trim();

  test('an index of several platforms goes out, in, and elsewhere', async () => {
    const index = await pushTo(local.registry, 'example/app', 'index of 3');
    const image = `${local.registry}/example/app`;
    expect(await run('digest', `${image}:v1`)).toBe(digestOf(index));
    await run('copy', `${image}:v1`, `${local.registry}/copied/app:v2`);
    expect(await run('digest', `${local.registry}/copied/app:v2`)).toBe(digestOf(index));
    await run('tag', `${image}:v1`, 'latest');
    expect((await run('ls', image)).split('\n')).toEqual(['latest', 'v1']);
    expect((await run('catalog', local.registry)).split('\n')).toEqual(['copied/app', 'example/app']);
    await run('pull', '--format=oci', `${image}:v1`, 'layout');
    await run('push', '--index', 'layout', `${local.registry}/pushed/app:v1`);
    expect((await runPeer(crane, ['validate', '--remote', `${image}:v1`], folder)).exit).toBe(0);
  });

  test('a layer in pieces', async () => {
    await mustRun('tar', ['-cf', 'layer.tar', '--files-from', '/dev/null'], folder);
    const image = `${local.registry}/layered/app:v1`;
    await run('append', '--new_layer=layer.tar', `--new_tag=${image}`);
    expect((await runPeer(crane, ['validate', '--remote', image], folder)).exit).toBe(0);
  });

  test('what is not there', async () => {
    const { exit, stderr } = await runPeer(crane, ['digest', `${local.registry}/absent/app:v1`], folder);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('404')]);
  });
});
