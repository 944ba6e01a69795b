import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBuild } from '../../release/build/build-file.ts';
import { runProgram, type ProgramCall, type ProgramRun } from '../../release/demo/run-program.ts';
import { identityOf } from '../../release/local/claims.ts';
import { claimsOf, type Job } from '../../release/local/job.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { sandboxes } from '../release-build/ground.ts';
import { makeLocalRelease, POLICY, REF, TAG, type LocalRelease } from './local-release.ts';
import { machineGo, noCompiler } from './machine-archives.ts';

/**
 * KubeEdge itself takes half an hour and more, so this suite is asked for: EDGESEAL_KUBEEDGE_SRC=FOLDER, a clone of it or
 * the files of a release, unpacked. It needs Go of the example's version and, for edgecore, gcc of Debian's packages.
 */
const { EDGESEAL_KUBEEDGE_SRC: from = '' } = process.env;
const go = machineGo();
const lacking = noCompiler();
const why =
  from === ''
    ? ' (skipped: asked for by EDGESEAL_KUBEEDGE_SRC=FOLDER)'
    : go === undefined
      ? ' (skipped: there is no Go)'
      : `${sandboxes.why}${lacking === undefined ? '' : ` (without edgecore: ${lacking})`}`;
const COMPONENTS = ['cloudcore', 'keadm', ...(lacking === undefined ? ['edgecore'] : [])];
const LONG = 3 * 3_600_000;

describe.skipIf(from === '' || go === undefined || !sandboxes.allowed)(`KubeEdge${why}`, () => {
  let folder = '';
  let local: Local;
  let release: LocalRelease;
  let job: Job;
  const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
  const asset = (component: string): string => at('work', 'assets', `${component}-${TAG}-linux-amd64`);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-kubeedge-'));
    mkdirSync(at('source'));
    local = await startLocal();
    release = await makeLocalRelease(at('source'), from, go ?? '', COMPONENTS);
    job = jobOf(release.commit);
    for (const [name, value] of [
      ['signing_config.json', local.signingConfig(2)],
      ['trusted_root.json', local.trustedRoot],
    ] as const)
      writeFileSync(at(name), JSON.stringify(value));
  }, LONG);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await local.stop();
  });

  async function run(call: ProgramCall): Promise<ProgramRun> {
    const done = await runProgram(call);
    return { ...done, seconds: Math.round(done.seconds) };
  }
  async function phase(name: string, ...args: readonly string[]): Promise<void> {
    const env = { ...local.job(job), EDGESEAL_CACHE: at('cache') };
    const done = await run({ program: 'edgeseal-release', args: [name, '--work', at('work'), ...args], env });
    expect(done, done.stderr).toMatchObject({ exitCode: 0 });
    process.stdout.write(`${name}: ${done.seconds} s\n${done.stdout}`);
  }
  async function verify(...args: readonly string[]): Promise<ProgramRun> {
    const flags = {
      type: 'slsaprovenance1',
      policy: POLICY,
      'trusted-root': at('trusted_root.json'),
      'certificate-identity': identityOf(claimsOf(job, local.url)),
      'certificate-oidc-issuer': local.url,
    };
    const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    return run({ program: 'edgeseal', args: ['verify-attestation', ...given, ...args] });
  }
  const bundle = (): readonly string[] => [
    '--offline',
    '--bundle',
    at('work', 'assets', 'multiple.intoto.jsonl'),
  ];

  test(
    'is fetched, offline',
    async () => phase('fetch', '--offline', '--ref', REF, '--commit', release.commit, release.description),
    LONG,
  );

  test(
    `is built without a network: ${COMPONENTS.join(', ')}`,
    async () => {
      await phase('build');
      const { value } = await readBuild(at('work'));
      expect(value.steps.map(({ component }) => component)).toEqual(COMPONENTS);
    },
    LONG,
  );

  test('is built again elsewhere, octet by octet', async () => phase('rebuild'), LONG);

  test(
    'is attested, and passes its policy',
    async () => {
      const services = {
        'signing-config': at('signing_config.json'),
        'trusted-root': at('trusted_root.json'),
      };
      await phase('attest', ...Object.entries(services).flatMap(([name, value]) => [`--${name}`, value]));
    },
    LONG,
  );

  test.each(COMPONENTS)(
    '%s verifies by the published policy',
    async (component) => {
      const done = await verify(...bundle(), asset(component));
      expect(done, done.stderr).toMatchObject({ exitCode: 0 });
    },
    LONG,
  );

  test.each(COMPONENTS)(
    '%s with one bit turned is refused',
    async (component) => {
      const bytes = readFileSync(asset(component));
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(at('turned'), bytes);
      expect(await verify(...bundle(), at('turned'))).toMatchObject({ exitCode: 1 });
    },
    LONG,
  );

  test(
    'its images verify in a registry',
    async () => {
      await phase('push', '--namespace', `${local.registry}/kubeedge`);
      const { value } = await readBuild(at('work'));
      for (const { references } of value.images) {
        const [name = ''] = references[0]?.split('/').slice(-1) ?? [];
        const done = await verify(`${local.registry}/kubeedge/${name}`);
        expect(done, done.stderr).toMatchObject({ exitCode: 0 });
      }
    },
    LONG,
  );
});

/** A job of GitHub Actions as the policy wants it: KubeEdge's release workflow, which calls the builder. */
function jobOf(commit: string): Job {
  return {
    repository: 'kubeedge/kubeedge',
    ref: REF,
    sha: commit,
    workflow_ref: `kubeedge/kubeedge/.github/workflows/release.yml@${REF}`,
    workflow_sha: commit,
    job_workflow_ref: 'kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v0.1.0',
    job_workflow_sha: commit,
  };
}
