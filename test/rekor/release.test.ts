import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { edgesealIn } from '../registry/command.ts';
import { attachLayers, legacyLayer, pushImage } from '../registry/content.ts';
import { digestOf, TestRegistry } from '../registry/server.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { makeGeneratorEvidence, type EvidenceFixture } from '../sigstore/make-evidence.ts';
import { logEntryOf, rekorEntry, uuidOf } from './entry.ts';
import { RekorLog } from './log.ts';
import { serve, type LogServer } from './server.ts';

let folder = '';
let registry: TestRegistry;
let server: LogServer;
let log: RekorLog;
let flags: readonly string[] = [];
const names = ['keadm.tar.gz', 'kubeedge.tar.gz', 'edgesite.tar.gz'];
const logged = new Map<string, EvidenceFixture>();

/** An older release: three files, one file with their envelopes, and an image with cosign's `.att`; none has a log entry. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-rekor-release-'));
  registry = await TestRegistry.start();
  log = new RekorLog();
  server = await serve(log);
  mkdirSync(join(folder, 'dist'));
  const lines = names.map((name) => {
    const artifact = { name, content: Buffer.from(`the bytes of ${name}\n`) };
    writeFileSync(join(folder, 'dist', name), artifact.content);
    logged.set(name, makeGeneratorEvidence({ artifact }));
    return makeGeneratorEvidence({ artifact, format: 'envelope' }).bytes.toString().trim();
  });
  writeFileSync(join(folder, 'dist/multiple.intoto.jsonl'), `${lines.join('\n')}\n`);
  const content = pushImage(registry, 'o/app', 'v1');
  const artifact = { name: `${registry.host}/o/app`, content };
  attachLayers(registry, 'o/app', content, [legacyLayer({ artifact, claims: generatorClaims, log: 'none' })]);
  logged.set('app', makeGeneratorEvidence({ artifact }));
  const { issuer = '', identity = '' } = makeGeneratorEvidence();
  const policy = { name: 'release', requirements: [{ signers: [{ issuer, identity }] }] };
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  writeFileSync(join(folder, 'root.json'), makeGeneratorEvidence().trustedRootBytes);
  flags = ['--policy=policy.json', '--trusted-root=root.json', `--image=${registry.host}/o/app:v1`, 'dist'];
});
afterEach(async () => {
  await registry.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function enter(name: string, change: (entry: ReturnType<typeof rekorEntry>) => void = () => undefined): void {
  const fixture = logged.get(name);
  if (fixture === undefined) throw new Error(`nothing is called ${name}`);
  const entry = rekorEntry(logEntryOf(fixture));
  const uuid = uuidOf(entry);
  change(entry);
  log.add(entry, [digestOf(fixture.artifact.content).slice('sha256:'.length)], uuid);
}

/** The exit code, and `CODE name` of what is told. */
async function verify(...more: readonly string[]): Promise<readonly [number, ...string[]]> {
  const { exit, stdout } = await edgesealIn(folder, ['verify-release', '--output=json', ...more, ...flags]);
  const told = stdout.split('\n').flatMap((line) => {
    if (line === '') return [];
    const { artifact }: { artifact: { name: string } } = JSON.parse(line);
    const name = artifact.name.replace(registry.host, 'HOST').replace(/@sha256:.*$/, '');
    return [...line.matchAll(/"code":"([A-Z_0-9]+)"/g)].map(([, code]) => `${code} ${name}`);
  });
  return [exit, ...told.toSorted()];
}
const search = (): string => `--rekor-url=${server.url}`;

describe('a release whose attestations carry no log entry', () => {
  test('passes with those of the log, and does not without', async () => {
    for (const name of logged.keys()) enter(name);
    expect(await verify(search())).toEqual([0]);
    expect(await verify()).toEqual([
      1,
      'LOG_ENTRY_MISSING HOST/o/app:v1',
      'LOG_ENTRY_MISSING edgesite.tar.gz',
      'LOG_ENTRY_MISSING keadm.tar.gz',
      'LOG_ENTRY_MISSING kubeedge.tar.gz',
    ]);
  });

  test.each([...names.map((name) => [name, name]), ['app', 'HOST/o/app:v1']])(
    'only %s has no entry',
    async (missing, told) => {
      for (const name of logged.keys()) if (name !== missing) enter(name);
      expect(await verify(search())).toEqual([1, `LOG_ENTRY_MISSING ${told}`]);
    },
  );

  test('entries that the log does not prove', async () => {
    for (const name of names.slice(1)) enter(name);
    for (const name of ['keadm.tar.gz', 'app']) enter(name, (entry) => (entry.logIndex += 1));
    expect(await verify(search())).toEqual([
      1,
      'LOG_PROMISE_INVALID HOST/o/app:v1',
      'LOG_PROMISE_INVALID keadm.tar.gz',
    ]);
  });

  test('a log that does not answer leaves everything undecided', async () => {
    await server.stop();
    const [exit, ...told] = await verify(search());
    expect([exit, told.length]).toEqual([3, 4]);
    for (const one of told) expect(one).toMatch(/^NETWORK_UNAVAILABLE (?:HOST|\w+\.tar\.gz)/);
    server = await serve(log);
  });

  test('a file that is missing, too, is said to be proved by nothing', async () => {
    for (const name of logged.keys()) if (name !== 'keadm.tar.gz') enter(name);
    rmSync(join(folder, 'dist/keadm.tar.gz'));
    expect(await verify(search())).toEqual([1, 'RELEASE_ATTESTATION_UNUSED multiple.intoto.jsonl']);
    enter('keadm.tar.gz');
    expect(await verify(search())).toEqual([1, 'RELEASE_FILE_MISSING keadm.tar.gz']);
  });

  test.each([
    [['--offline', '--rekor-url=https://rekor.example'], 'FLAG_CONFLICT'],
    [['--rekor-url=http://rekor.example'], 'FLAG_VALUE_INVALID'],
    [['--log-index=1'], 'FLAG_REQUIRED'],
  ])('%j: %s', async (more, code) => {
    const { exit, stderr } = await edgesealIn(folder, ['verify-release', ...more, ...flags]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});
