import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readPemBlocks } from '#core/crypto/pem';
import type { TrustedRootJson } from '../../release/local/trusted-root.ts';
import { freePort } from './peers.ts';

/** How the public Fulcio is configured for GitHub: templates, in place of the type that does the same in code. */
const metadata = {
  'default-template-values': { url: 'https://github.com', environment: '' },
  'extension-templates': {
    'github-workflow-trigger': 'event_name',
    'github-workflow-sha': 'sha',
    'github-workflow-name': 'workflow',
    'github-workflow-repository': 'repository',
    'github-workflow-ref': 'ref',
    'build-signer-uri': '{{ .url }}/{{ .job_workflow_ref }}',
    'build-signer-digest': 'job_workflow_sha',
    'runner-environment': 'runner_environment',
    'source-repository-uri': '{{ .url }}/{{ .repository }}',
    'source-repository-digest': 'sha',
    'source-repository-ref': 'ref',
    'source-repository-identifier': 'repository_id',
    'source-repository-owner-uri': '{{ .url }}/{{ .repository_owner }}',
    'source-repository-owner-identifier': 'repository_owner_id',
    'build-config-uri': '{{ .url }}/{{ .workflow_ref }}',
    'build-config-digest': 'workflow_sha',
    'build-trigger': 'event_name',
    'run-invocation-uri':
      '{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}',
    'source-repository-visibility-at-signing': 'repository_visibility',
    'deployment-environment': 'environment',
  },
  'subject-alternative-name-template': '{{ .url }}/{{ .job_workflow_ref }}',
};

const providers = {
  'github-workflow': { type: 'github-workflow' },
  'ci-provider': { type: 'ci-provider', 'ci-provider': 'github' },
};

export type Provider = keyof typeof providers;

/** Fulcio itself, with an authority that lasts as long as the process. */
export class RealFulcio {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * Starts it on loopback.
   * @param issuers URL to how its tokens are read
   * @param ctLog URL of the log that it writes to
   */
  static async start(
    program: string,
    issuers: Readonly<Record<string, Provider>>,
    ctLog: string,
  ): Promise<RealFulcio> {
    const folder = mkdtempSync(join(tmpdir(), 'edgeseal-fulcio-'));
    const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
    const config = join(folder, 'config.yaml');
    const known = Object.entries(issuers).map(([url, provider]) => [
      url,
      { 'issuer-url': url, 'client-id': 'sigstore', ...providers[provider] },
    ]);
    const document = {
      'oidc-issuers': Object.fromEntries(known),
      'ci-issuer-metadata': { github: metadata },
    };
    // Not JSON for its reader, which would look for other names.
    writeFileSync(config, `# Fulcio\n${JSON.stringify(document)}`);
    const flags = {
      ca: 'ephemeralca',
      'config-path': config,
      'ct-log-url': ctLog,
      'grpc-host': '127.0.0.1',
      'grpc-port': grpc,
      host: '127.0.0.1',
      'legacy-unix-domain-socket': join(folder, 'grpc.sock'),
      'metrics-port': metrics,
      port,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(program, ['serve', ...args], { cwd: folder, stdio: 'ignore' });
    const fulcio = new RealFulcio(`http://127.0.0.1:${port}`, child, folder);
    try {
      await fulcio.#isUp();
    } catch (error) {
      await fulcio.stop();
      throw error;
    }
    return fulcio;
  }

  async #isUp(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.#child.exitCode !== null) throw new Error(`fulcio ended with ${this.#child.exitCode}`);
      const answer = await fetch(`${this.url}/api/v2/trustBundle`).catch(() => undefined);
      if (answer?.ok === true) return;
      await pause(50);
    }
    throw new Error('fulcio does not answer');
  }

  /** A trusted root that has its authority in the place of another. */
  async inPlaceOf(trustedRoot: TrustedRootJson): Promise<TrustedRootJson> {
    const answer = await fetch(`${this.url}/api/v2/trustBundle`);
    const { chains }: { chains: { certificates: string[] }[] } = JSON.parse(await answer.text());
    const blocks = (chains[0]?.certificates ?? []).flatMap((text) => readPemBlocks(text, 'chain'));
    const certificates = blocks.map(({ der }) => ({ rawBytes: Buffer.from(der).toString('base64') }));
    const [authority] = trustedRoot.certificateAuthorities;
    if (authority === undefined) throw new Error('no authority to stand in for');
    return {
      ...trustedRoot,
      certificateAuthorities: [{ ...authority, uri: this.url, certChain: { certificates } }],
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await once(this.#child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
