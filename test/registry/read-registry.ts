import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Reason } from '#core/errors/reason';
import type { Credentials, FindCredentials } from '#core/oci/credentials';
import type { Fault } from './faulty-registry.ts';
import { read, type ReaderOptions } from './reader.ts';
import { OCI_MANIFEST, TestRegistry } from './server.ts';

/** Milliseconds within which every fault must be over, on a busy machine too. */
const BOUND = 20_000;
const user = { name: 'user', password: 'a-secret' };
export const basic: Credentials = { kind: 'basic', username: user.name, password: user.password };

/** A registry to read an image from, and somebody else, who must never see a credential. */
export class ReadRegistry {
  registry!: TestRegistry;
  stranger!: TestRegistry;

  constructor() {
    beforeEach(async () => {
      this.registry = await TestRegistry.start();
      this.stranger = await TestRegistry.start();
    });
    afterEach(() => this.#stop());
  }

  async #stop(): Promise<void> {
    const leaked = this.stranger.asked.filter(({ authorization }) => authorization !== undefined);
    await this.registry.stop();
    await this.stranger.stop();
    if (leaked.length > 0) throw new Error('a credential went to another host');
  }

  /** Another registry in place of the one, which asks for credentials. */
  async restart(changes: Parameters<typeof TestRegistry.start>[0]): Promise<void> {
    await this.registry.stop();
    this.registry = await TestRegistry.start({ user, ...changes });
  }

  /** With the credentials of this registry; whoever else is asked about has none. */
  options(): ReaderOptions {
    const { host } = this.registry;
    const credentials: FindCredentials = async (repository) =>
      repository.registry === host ? basic : undefined;
    return { credentials, http: { idle: 300, connect: 300 }, timeout: 3000, waited: () => undefined };
  }

  image(suffix = ':v1'): string {
    return `${this.registry.host}/o/app${suffix}`;
  }

  /** The reasons of evidence that could not be read. */
  async refusedEvidence(): Promise<readonly Reason[]> {
    const { attested } = await timed(read(this.image(), this.options()));
    return attested.flatMap(({ items }) =>
      items.flatMap((item) => (item.kind === 'refused' ? [item.reason] : [])),
    );
  }
}

export async function timed<T>(work: Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work;
  expect(performance.now() - begin).toBeLessThan(BOUND);
  return result;
}

export const hang: Fault = () => undefined;

/** An octet now and then, for ever. */
export const drip =
  (type: string): Fault =>
  (response) => {
    response.writeHead(200, { 'content-type': type });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  };

/** Fewer octets than announced, and then the end of the connection. */
export const cutOff = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': 1000 });
  response.write('{"schemaVersion":2', () => response.destroy());
};

export const jsonType = { 'content-type': 'application/json' };
