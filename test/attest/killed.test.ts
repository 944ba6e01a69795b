import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sendAnswer, type Exchange, type ServiceName } from '../../release/local/serve.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { attestWork } from './attest-work.ts';
import { filesWithTokens, hasToken, logSize } from './leaks.ts';
import { job, makeWork, type Work } from './work.ts';

let local: Local;
let meet: ((exchange: Exchange) => Promise<boolean>) | undefined;
let child: ChildProcess | undefined;
const works: Work[] = [];
beforeAll(
  async () =>
    void (local = await startLocal({
      answering: async (exchange) => {
        if ((await meet?.(exchange)) !== true) await sendAnswer(exchange);
      },
    })),
);
afterAll(async () => local.stop());
afterEach(() => {
  meet = undefined;
  child?.kill('SIGKILL');
  works.splice(0).forEach((work) => work.remove());
});

const program = path.join(import.meta.dirname, '../../release/bin/edgeseal-release.ts');

/** `edgeseal-release attest` as a process of its own. */
async function run(
  work: Work,
  rekor: 1 | 2,
): Promise<{ readonly signal: string | null; readonly said: string }> {
  const config = path.join(work.folder, 'signing_config.json');
  const root = path.join(work.folder, 'trusted_root.json');
  writeFileSync(config, JSON.stringify(local.signingConfig(rekor)));
  writeFileSync(root, JSON.stringify(local.trustedRoot));
  const flags = ['--work', work.folder, '--signing-config', config, '--trusted-root', root];
  const started = spawn(process.execPath, [program, 'attest', ...flags], {
    env: { PATH: process.env['PATH'], ...local.job(job) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let said = '';
  started.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(started, 'close');
  return { signal: started.signalCode, said };
}

async function make(): Promise<Work> {
  const work = await makeWork();
  works.push(work);
  return work;
}

/** Kills the process when a service is asked: before it does anything, or when it has done it. */
function killAt(service: ServiceName, when: 'asked' | 'done' | 'answered', method = 'POST'): void {
  meet = async (exchange) => {
    if (exchange.service !== service || exchange.request.method !== method) return false;
    meet = undefined;
    if (when === 'done') exchange.answer();
    if (when === 'answered') await sendAnswer(exchange);
    child?.kill('SIGKILL');
    return true;
  };
}

/** Kills the process when a name appears in the work folder. */
function killWhen(work: Work, name: string): void {
  const watcher = watch(work.folder, (_event, file) => {
    if (file !== name) return;
    child?.kill('SIGKILL');
    watcher.close();
  });
}

const urlOf = (rekor: 1 | 2): string => (rekor === 1 ? local.url : local.rekorV2);

/** Statements of a release: they are signed at one time. */
const COUNT = 2;

/** The next run completes it, one more finds nothing to do, and the log has one entry more of each statement. */
async function finishes(work: Work, rekor: 1 | 2, before: number): Promise<void> {
  meet = undefined;
  for (let time = 0; time < 2; time++) {
    expect(await attestWork(local, work, { rekor })).toEqual({ assets: 9, images: 1, attestations: COUNT });
    expect(await logSize(urlOf(rekor), rekor)).toBe(before + COUNT);
  }
  expect(readdirSync(path.join(work.folder, 'queue')).filter((name) => name.endsWith('.json'))).toHaveLength(
    COUNT,
  );
  const lines = readFileSync(path.join(work.folder, 'assets/multiple.intoto.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(lines).toHaveLength(COUNT);
}

const logs: readonly (readonly [1 | 2, ServiceName])[] = [
  [1, 'rekor-v1'],
  [2, 'rekor-v2'],
];

type Moment = 'asked' | 'done' | 'answered';

async function killed(rekor: 1 | 2, service: ServiceName, when: Moment, method?: string): Promise<void> {
  const work = await make();
  const before = await logSize(urlOf(rekor), rekor);
  killAt(service, when, method);
  const { signal, said } = await run(work, rekor);
  expect(signal, said).toBe('SIGKILL');
  expect(hasToken(said)).toBe(false);
  expect(filesWithTokens(work.folder)).toEqual([]);
  expect(existsSync(path.join(work.folder, 'assets'))).toBe(false);
  await finishes(work, rekor, before);
}

describe('killed before anything is logged', () => {
  test.each<[string, ServiceName, Moment, string?]>([
    ['when it asks for a token', 'issuer', 'asked', 'GET'],
    ['when it asks for a certificate', 'fulcio', 'asked'],
    ['when it has the certificate', 'fulcio', 'answered'],
    ['when it asks for the time', 'timestamps', 'asked'],
    ['when the time was told', 'timestamps', 'answered'],
  ])('%s', { timeout: 60_000 }, async (_, service, when, method) => {
    await killed(1, service, when, method);
  });
});

describe.each(logs)('killed with Rekor v%i', (rekor, log) => {
  test.each<[string, Moment]>([
    ['when it sends its entry', 'asked'],
    ['when the log has the entry, and it does not know', 'done'],
    ['when the log has told of it', 'answered'],
  ])('%s', { timeout: 60_000 }, async (_, when) => {
    await killed(rekor, log, when);
  });
});

test('killed while it writes the assets', { timeout: 60_000 }, async () => {
  const work = await make();
  const before = await logSize(urlOf(1), 1);
  killWhen(work, 'assets.begun');
  const { signal, said } = await run(work, 1);
  expect(signal, said).toBe('SIGKILL');
  await finishes(work, 1, before);
});
