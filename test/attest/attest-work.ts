import { nodeClock } from '#core/io/network';
import { nodeFiles } from '#core/io/files';
import { nodeHttp } from '#core/io/http';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { attest, type Attested, type AttestOptions, type AttestWorld } from '../../release/attest/attest.ts';
import type { Local } from '../../release/local/start-local.ts';
import { Secrets } from '../../release/signing/secrets.ts';
import { parseSigningConfig } from '../../release/signing/signing-config.ts';
import { job, type Work } from './work.ts';

export interface AttestCall {
  readonly rekor?: 1 | 2;
  readonly alsoV02?: boolean;
  readonly world?: Partial<AttestWorld>;
  readonly options?: Partial<AttestOptions>;
  /** Gets what people would see. */
  readonly told?: string[];
}

/** How much faster pauses and deadlines pass than they do. */
const HASTE = 20;

/** A clock of the signing client that does not wait long. */
export const hasty = {
  now: () => nodeClock.now() * HASTE,
  wait: async (milliseconds: number) => nodeClock.wait(milliseconds / HASTE),
};

/** `attest` in this process, with the local services. */
export async function attestWork(local: Local, work: Work, call: AttestCall = {}): Promise<Attested> {
  const { rekor = 1, told = [] } = call;
  const secrets = new Secrets();
  const world: AttestWorld = {
    env: local.job(job),
    files: nodeFiles(work.folder),
    now: () => new Date(),
    fetch: nodeHttp({ env: {} }),
    clock: nodeClock,
    random: () => 0.5,
    secrets,
    progress: (text) => told.push(secrets.redact(text)),
    ...call.world,
  };
  return attest(world, {
    workFolder: work.folder,
    config: parseSigningConfig(Buffer.from(JSON.stringify(local.signingConfig(rekor))), 'config.json'),
    root: parseTrustedRoot(Buffer.from(JSON.stringify(local.trustedRoot)), 'root.json'),
    tokenFile: undefined,
    alsoV02: call.alsoV02 ?? false,
    version: '0.1.0',
    ...call.options,
  });
}
