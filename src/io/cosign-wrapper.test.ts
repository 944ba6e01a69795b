import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeCosign } from '../../test/second-opinion/fake-cosign.ts';
import { askCosign, findCosign, type CosignRequest } from './cosign-wrapper.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-fake-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const request: CosignRequest = {
  about: { bundles: ['{"bundle":1}', '{"bundle":2}'], digest: { algorithm: 'sha256', value: 'ab' } },
  trustedRoot: Buffer.from('{"root":1}'),
  key: 'a key',
  flags: { type: 'custom' },
};
const search = process.env['PATH'];
const unavailable = expect.objectContaining({ code: 'SECOND_OPINION_UNAVAILABLE' });
const ask = async (answer: string, patience?: number) => {
  const env = { EDGESEAL_COSIGN: fakeCosign(folder, 'cosign', answer), PATH: search, SECRET: 'secret' };
  return askCosign(await findCosign(env), request, env, patience);
};

describe('cosign is found', () => {
  test('by EDGESEAL_COSIGN before PATH, and on PATH by name', async () => {
    const other = path.join(folder, 'bin');
    mkdirSync(other);
    const onPath = fakeCosign(other, 'cosign', 'exit 0', 'v3.0.0');
    const named = fakeCosign(folder, 'named', 'exit 0');
    const PATH = `${other}:${search}`;
    expect(await findCosign({ EDGESEAL_COSIGN: named, PATH })).toEqual({ who: 'cosign v3.1.3', path: named });
    expect(await findCosign({ PATH })).toEqual({ who: 'cosign v3.0.0', path: onPath });
  });
  test.each([
    ['nothing', () => ({ PATH: '' })],
    ['a relative PATH', () => ({ PATH: '.' })],
    ['an absent file', () => ({ EDGESEAL_COSIGN: path.join(folder, 'absent') })],
    [
      'what may not be run',
      () => {
        writeFileSync(path.join(folder, 'data'), '');
        return { EDGESEAL_COSIGN: path.join(folder, 'data') };
      },
    ],
    [
      'what cannot be run',
      () => {
        const file = path.join(folder, 'folder');
        symlinkSync(folder, file);
        return { EDGESEAL_COSIGN: file };
      },
    ],
    ['version 2', () => ({ EDGESEAL_COSIGN: fakeCosign(folder, 'v2', '', 'v2.6.0'), PATH: search })],
    ['version 4', () => ({ EDGESEAL_COSIGN: fakeCosign(folder, 'v4', '', 'v4.0.0'), PATH: search })],
    ['no version', () => ({ EDGESEAL_COSIGN: fakeCosign(folder, 'none', '', 'devel'), PATH: search })],
  ])('SECOND_OPINION_UNAVAILABLE: %s', async (_, env) => {
    await expect(findCosign(env())).rejects.toThrow(unavailable);
  });
});

describe('cosign is asked', () => {
  test('and accepts, or refuses in its own words', async () => {
    expect(await ask('echo "Verified OK" >&2')).toEqual({
      who: 'cosign v3.1.3',
      accepts: true,
      says: '"Verified OK"',
    });
    expect(await ask('echo "Error: no" >&2; exit 1')).toMatchObject({ accepts: false, says: '"no"' });
  });
  test('until it accepts one', async () => {
    expect(await ask('case "$2" in *bundle-1.json) exit 0;; esac; exit 1')).toMatchObject({ accepts: true });
  });
  test('with files of its own, and no environment but the search path', async () => {
    const seen = path.join(folder, 'seen');
    await ask(`env > ${seen}; cat bundle-0.json trusted_root.json key.pub >> ${seen}; echo "$@" >> ${seen}`);
    const text = readFileSync(seen, 'utf8');
    expect(text).not.toContain('secret');
    expect(text).toContain('{"bundle":1}{"root":1}a key');
    expect(text).toMatch(/verify-blob-attestation --bundle=\S+ --trusted-root=\S+ --key=\S+ --type=custom/);
    const home = /^HOME=(.*)$/m.exec(text)?.[1] ?? '';
    expect(readdirSync(path.dirname(home))).not.toContain(path.basename(home));
  });
  test.each([
    ['hangs', 'exec sleep 20', 150],
    ['writes for ever', 'exec yes', 5000],
    ['is killed', 'kill -9 $$', 5000],
    ['does not know the flag', 'echo "Error: unknown flag: --trusted-root" >&2; exit 1', 5000],
  ])('SECOND_OPINION_UNAVAILABLE: it %s', async (_, answer, patience) => {
    await expect(ask(answer, patience)).rejects.toThrow(unavailable);
  });
  test('about nothing', async () => {
    const env = { EDGESEAL_COSIGN: fakeCosign(folder, 'cosign', 'exit 0'), PATH: search };
    const about = { bundles: [], digest: { algorithm: 'sha256', value: 'ab' } };
    const opinion = await askCosign(await findCosign(env), { ...request, about }, env);
    expect(opinion.accepts).toBe(false);
  });
});

describe('cosign is asked about an image', () => {
  const image = 'r.example/app@sha256:ab';
  const about = {
    image,
    files: { 'registry-cacert': 'an authority', 'registry-client-key': undefined },
    policies: [],
    dockerConfig: '{"auths":{"r.example":{"auth":"a secret"}}}',
  };
  const askImage = async (answer: string, more: Record<string, string> = {}) => {
    const env = { EDGESEAL_COSIGN: fakeCosign(folder, 'cosign', answer), PATH: search, ...more };
    return askCosign(await findCosign(env), { ...request, about }, env);
  };
  test('by what refers to it, then by its layers', async () => {
    const seen = path.join(folder, 'asked');
    writeFileSync(seen, '');
    expect(await askImage(`echo "$@" >> ${seen}; echo "Error: no" >&2; exit 1`)).toMatchObject({
      accepts: false,
      says: '"no"',
    });
    const [first = '', second = '', ...rest] = readFileSync(seen, 'utf8').trim().split('\n');
    expect(first).toMatch(
      /^verify-attestation --trusted-root=\S+ --key=\S+ --type=custom --registry-cacert=\S+ --offline=true r\.example\/app@sha256:ab$/,
    );
    expect(second).toBe(first.replace('--offline=true', '--offline=true --new-bundle-format=false'));
    expect(rest).toEqual([]);
  });
  test('once where it accepts, and whatever it prints is passed over', async () => {
    const seen = path.join(folder, 'asked');
    writeFileSync(seen, '');
    expect(await askImage(`echo x >> ${seen}; head -c 2000000 /dev/zero; exit 0`)).toMatchObject({
      accepts: true,
    });
    expect(readFileSync(seen, 'utf8')).toBe('x\n');
  });
  test('with credentials in a file that only we can read, and the way to the registry', async () => {
    const seen = path.join(folder, 'seen');
    const script = `env > ${seen}; echo "$@" >> ${seen}; cat "$DOCKER_CONFIG/config.json" registry-cacert >> ${seen}; ls -l >> ${seen}`;
    await askImage(script, {
      HTTPS_PROXY: 'http://p.example',
      COSIGN_REPOSITORY: 'r.example/att',
      SECRET: 'hidden',
    });
    const text = readFileSync(seen, 'utf8');
    expect(text).toContain('HTTPS_PROXY=http://p.example\n');
    expect(text).toContain('COSIGN_REPOSITORY=r.example/att\n');
    expect(text).toContain(`${about.dockerConfig}an authority`);
    expect(text).toMatch(/^-rw------- .* config\.json$/m);
    expect(text).not.toContain('hidden');
    expect(/^verify-attestation.*$/m.exec(text)?.[0]).not.toContain('secret');
  });
});
