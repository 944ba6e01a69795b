import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { attestWork } from './attest-work.ts';
import { makeWork, type Work, type WorkOptions } from './work.ts';

let local: Local;
const works: Work[] = [];
beforeAll(async () => void (local = await startLocal()));
afterAll(async () => local.stop());
afterEach(() => works.splice(0).forEach((work) => work.remove()));
const make = async (options: WorkOptions = {}): Promise<Work> => {
  const work = await makeWork(options);
  works.push(work);
  return work;
};
const assetsOf = (work: Work): readonly string[] => readdirSync(path.join(work.folder, 'assets')).toSorted();

describe('a build', () => {
  test.each([1, 2] as const)('is attested with Rekor v%i', async (rekor) => {
    const work = await make();
    expect(await attestWork(local, work, { rekor })).toEqual({ assets: 7, images: 1, attestations: 2 });
    expect(assetsOf(work)).toEqual([
      'SHA256SUMS',
      'SHA512SUMS',
      'edgecore-1.24.0-linux-amd64.tar.gz',
      'edgecore-1.24.0-linux-amd64.tar.gz.cdx.json',
      'edgecore-1.24.0-linux-arm64.tar.gz',
      'edgecore-1.24.0-linux-arm64.tar.gz.cdx.json',
      'multiple.intoto.jsonl',
    ]);
  });
});
