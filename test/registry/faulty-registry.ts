import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { impatientNetwork } from '../rekor/network.ts';
import { edgesealIn, type Answer } from './command.ts';
import { attachBundles, evidenceAbout, pushImage } from './content.ts';
import { TestRegistry } from './server.ts';

/** What a registry does instead of an answer. */
export type Fault = (response: ServerResponse) => void;

export const answer =
  (status: number, headers: Record<string, string | number>, body: string | Buffer = ''): Fault =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

const user = { name: 'user', password: 'a-secret' };

/**
 * One attested image in a registry that asks for credentials, and a command that has them. It sees to it that nobody
 * else ever gets them.
 */
export class FaultyRegistry {
  registry!: TestRegistry;
  /** Somebody else, who has the same content and must never see a credential. */
  stranger!: TestRegistry;
  manifest: Buffer = Buffer.alloc(0);
  attestation: Buffer = Buffer.alloc(0);
  #folder = '';

  constructor() {
    beforeEach(() => this.#start());
    afterEach(() => this.#stop());
  }

  async #start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'edgeseal-faults-'));
    this.registry = await TestRegistry.start({ auth: 'basic', user });
    this.stranger = await TestRegistry.start();
    this.manifest = pushImage(this.registry, 'o/app', 'v1');
    const { bytes, publicKeyPem, trustedRootBytes } = evidenceAbout(this.manifest, { signer: 'key' });
    for (const one of [this.registry, this.stranger]) attachBundles(one, 'o/app', this.manifest, [{ bytes }]);
    pushImage(this.stranger, 'o/app', 'v1');
    this.attestation = bytes;
    writeFileSync(join(this.#folder, 'key.pub'), publicKeyPem);
    writeFileSync(join(this.#folder, 'root.json'), trustedRootBytes);
  }

  async #stop(): Promise<void> {
    const leaked = this.stranger.asked.filter(({ authorization }) => authorization !== undefined);
    await this.registry.stop();
    await this.stranger.stop();
    rmSync(this.#folder, { recursive: true, force: true });
    if (leaked.length > 0) throw new Error('a credential went to another host');
  }

  /** @param isImpatient waits a third of a second for a sign of life, and not a whole one for all */
  async verify(isImpatient = false, ...flags: readonly string[]): Promise<Answer> {
    const who = ['--registry-username', user.name, '--registry-password', user.password];
    const how = ['--key', 'key.pub', '--type', 'slsaprovenance1', '--trusted-root', 'root.json'];
    const time = ['--timeout', isImpatient ? '900ms' : '25s'];
    const args = ['verify-attestation', ...how, ...who, ...time, ...flags, `${this.registry.host}/o/app:v1`];
    const network = impatientNetwork(isImpatient ? 300 : 20_000);
    const found = await edgesealIn(this.#folder, args, { network: async () => network });
    expect(found.stdout + found.stderr).not.toMatch(/a-secret|at file:|INTERNAL_ERROR/);
    return found;
  }

  /** Expects the command to end so, and to print no attestation. */
  async ends(code: ReasonCode, exit: 1 | 3, ...flags: readonly string[]): Promise<void> {
    const found = await this.verify(code === 'REGISTRY_TIMEOUT', ...flags);
    expect([found.exit, found.stderr, found.stdout]).toEqual([exit, expect.stringContaining(code), '']);
  }
}
