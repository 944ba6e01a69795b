import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseStatement } from '#core/in-toto-attestation/statement';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { readBuild } from '../build/build-file.ts';
import type { BuiltImage } from '../build/build-record.ts';
import { identityOf } from '../local/claims.ts';
import { claimsOf, type Job } from '../local/job.ts';
import { startLocal, type Local } from '../local/start-local.ts';
import { writeDemoDescription } from './demo-description.ts';
import { builderJob, otherJob, REF, REPOSITORY, TAG } from './demo-job.ts';
import { Imitator, withBuilder, withNetwork } from './imitations.ts';
import { CLONE, runProgram, type ProgramCall, type ProgramRun } from './run-program.ts';
import { signStatementAs } from './sign-statement-as.ts';

/** One act of the demonstration, as it was played. */
export interface Scene extends ProgramRun {
  readonly title: string;
  /** What the program must answer. */
  readonly expected: 'done' | 'passed' | 'refused';
  /** Whether it did. */
  readonly isAsExpected: boolean;
}

/** Who watches. */
export interface Audience {
  readonly begin: (title: string) => void;
  /** What a program says meanwhile, as it comes. */
  readonly hear: (text: string) => void;
  readonly end: (scene: Scene) => void;
}

const POLICY = 'policies/edgeseal-hermetic.cue';
const EXIT: Readonly<Record<Scene['expected'], number>> = { done: 0, passed: 0, refused: 1 };

/** What came of it. */
export interface Demonstration {
  readonly scenes: readonly Scene[];
  readonly commit: string;
}

/**
 * The whole way of a release on this machine: local services, fetch, build, second build, attestations, push, verification
 * by policy; then four images that are refused. It ends with the first phase that fails, for the others need it.
 * @param folder an empty one in the clone; what was made stays there
 */
export async function demonstrate(folder: string, audience: Audience): Promise<Demonstration> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: CLONE, encoding: 'utf8' }).trim();
  const local = await startLocal();
  try {
    return { commit, scenes: await new Stage(folder, commit, local, audience).play() };
  } finally {
    await local.stop();
  }
}

class Stage {
  readonly #folder: string;
  readonly #work: string;
  readonly #commit: string;
  readonly #local: Local;
  readonly #audience: Audience;
  readonly #scenes: Scene[] = [];

  constructor(folder: string, commit: string, local: Local, audience: Audience) {
    this.#folder = folder;
    this.#work = path.join(folder, 'work');
    this.#commit = commit;
    this.#local = local;
    this.#audience = audience;
  }

  async play(): Promise<readonly Scene[]> {
    if (!(await this.#release())) return this.#scenes;
    const { registry } = this.#local;
    await this.#verify('Verify the image by the policy', 'passed', `${registry}/${REPOSITORY}:${TAG}`);
    await this.#verifyFile();
    const { value: build } = await readBuild(this.#work);
    for (const image of build.images.slice(0, 1)) await this.#refuse(image);
    return this.#scenes;
  }

  /** From the source to images in a registry. @returns whether all of it was done */
  async #release(): Promise<boolean> {
    const local = this.#local;
    const work = ['--work', this.#shown(this.#work)];
    const config = this.#keep('signing_config.json', local.signingConfig(2));
    const root = this.#keep('trusted_root.json', local.trustedRoot);
    const description = this.#shown(await writeDemoDescription(this.#folder));
    const source = ['--ref', REF, '--commit', this.#commit];
    const env = local.job(builderJob(this.#commit));
    const phases: readonly (readonly [string, readonly string[]])[] = [
      ['Fetch every input by its digest, offline', ['fetch', '--offline', ...source, ...work, description]],
      [
        'Build in a sandbox without a network; then again, elsewhere and as somebody else',
        ['build', '--rebuild', ...work],
      ],
      [
        'Attest: provenance, bills of materials, signatures without a key',
        ['attest', ...work, '--signing-config', config, '--trusted-root', root],
      ],
      ['Push to the registry', ['push', ...work, '--namespace', `${local.registry}/kubeedge`]],
    ];
    for (const [title, args] of phases) {
      const scene = await this.#run(title, 'done', { program: 'edgeseal-release', args, env });
      if (!scene.isAsExpected) return false;
    }
    return true;
  }

  /** Images that only look like the release. */
  async #refuse({ digest }: BuiltImage): Promise<void> {
    const { registry } = this.#local;
    const imitator = new Imitator({ registry, path: REPOSITORY }, path.join(this.#work, 'images'));
    const { bundle, statement } = this.#attestationOf(digest);
    const at = (name: string): string => `${REPOSITORY}-${name}`;
    const tampered = await imitator.tamper(digest, at('tampered'), bundle);
    await this.#verify('One bit of the image is turned', 'refused', tampered);
    const open = await this.#sign(builderJob(this.#commit), withNetwork(statement), 'with-network');
    await this.#verify(
      'Built with the network on',
      'refused',
      await imitator.copy(digest, at('with-network'), open),
    );
    const [builder, nightly] = [builderJob(this.#commit), otherJob(this.#commit)].map((job) =>
      this.#identity(job),
    );
    const theirs = withBuilder(statement, builder ?? '', nightly ?? '');
    const other = await this.#sign(otherJob(this.#commit), theirs, 'other-workflow');
    await this.#verify(
      'Signed by another workflow',
      'refused',
      await imitator.copy(digest, at('other-workflow'), other),
    );
    await this.#verify('Without any attestation', 'refused', await imitator.copy(digest, at('bare')));
  }

  #attestationOf(digest: string): { readonly bundle: string; readonly statement: Uint8Array } {
    const file = path.join(this.#work, 'assets', 'multiple.intoto.jsonl');
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const [item] = parseEvidence(Buffer.from(line), file);
      if (item?.kind !== 'evidence' || item.evidence.content.kind !== 'dsse') continue;
      const { payload } = item.evidence.content.envelope;
      const { subjects } = parseStatement(payload, file);
      if (subjects.some((subject) => `sha256:${subject.digest['sha256'] ?? ''}` === digest))
        return { bundle: line, statement: payload };
    }
    throw new Error(`no attestation is about ${digest}`);
  }

  async #sign(job: Job, statement: Uint8Array, name: string): Promise<string> {
    return signStatementAs(this.#local, job, statement, path.join(this.#folder, name));
  }

  async #verify(title: string, expected: Scene['expected'], image: string): Promise<void> {
    await this.#run(title, expected, { program: 'edgeseal', args: [...this.#verifyFlags(), image] });
  }

  /** A file of the release, by the attestations that come with it and nothing else. */
  async #verifyFile(): Promise<void> {
    const assets = this.#shown(path.join(this.#work, 'assets'));
    const args = [
      '--offline',
      '--bundle',
      `${assets}/multiple.intoto.jsonl`,
      `${assets}/edgeseal-linux-amd64`,
    ];
    await this.#run('Verify the executable, offline', 'passed', {
      program: 'edgeseal',
      args: [...this.#verifyFlags(), ...args],
    });
  }

  #verifyFlags(): readonly string[] {
    const flags = {
      type: 'slsaprovenance1',
      policy: POLICY,
      'trusted-root': this.#shown(path.join(this.#folder, 'trusted_root.json')),
      'certificate-identity': this.#identity(builderJob(this.#commit)),
      'certificate-oidc-issuer': this.#local.url,
    };
    return ['verify-attestation', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  }

  #identity(job: Job): string {
    return identityOf(claimsOf(job, this.#local.url));
  }

  async #run(title: string, expected: Scene['expected'], call: ProgramCall): Promise<Scene> {
    this.#audience.begin(title);
    // The programs have much in common: what was compiled for one is there for the next.
    const env = { NODE_COMPILE_CACHE: path.join(this.#folder, 'compiled'), ...call.env };
    const run = await runProgram({ ...call, env, onStderr: this.#audience.hear });
    const scene: Scene = { title, expected, isAsExpected: run.exitCode === EXIT[expected], ...run };
    this.#scenes.push(scene);
    this.#audience.end(scene);
    return scene;
  }

  #keep(name: string, value: unknown): string {
    const file = path.join(this.#folder, name);
    writeFileSync(file, JSON.stringify(value));
    return this.#shown(file);
  }

  /** As it is typed in the clone. */
  #shown(file: string): string {
    return path.relative(CLONE, file);
  }
}
