import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { definePolicy } from '#core/policy/define-policy';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { applyPolicy } from '../../release/attest/apply-policy.ts';
import { checkIdentity } from '../../release/attest/check-identity.ts';
import { soundLock, soundPlan } from '../../release/lock/sound-lock.test-data.ts';
import { lockedComponents } from '../../release/sbom/locked-components.ts';
import { readIdentity } from '../../release/signing/identity.ts';
import { AttemptError, insistBy } from '../../release/signing/insist.ts';
import { parseJob, type SigningJob } from '../../release/signing/job.ts';
import { openQueue } from '../../release/signing/queue.ts';
import { Secrets } from '../../release/signing/secrets.ts';
import { signStatement, type SigningWorld } from '../../release/signing/sign-statement.ts';
import { parseSigningConfig } from '../../release/signing/signing-config.ts';
import { tokenSource } from '../../release/signing/token-source.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { anyGithub, thrown, type Reach, type Reaches } from './reach.ts';

const clock = { now: () => 0, wait: async () => undefined };
const secrets = new Secrets();
const insist = insistBy({ clock, random: () => 0, secrets, progress: () => undefined });
const root = parseTrustedRoot(makeEvidence().trustedRootBytes, 'root.json');
const never = (): never => {
  throw new Error('not asked');
};

/** A service that answers with this status, always. */
const answering =
  (status: number): Reach =>
  () =>
    thrown(async () =>
      insist({ what: 'Fulcio', url: 'https://fulcio.example', exchange: 1 }, async () => {
        throw new AttemptError(status, undefined);
      }),
    );

const identity = {
  repository: 'https://github.com/someone/else',
  ref: '',
  commit: '',
  issuer: '',
  builder: '',
};
const more = {
  workflowPath: '',
  event: '',
  runnerEnvironment: '',
  repositoryId: '',
  ownerId: '',
  runId: '',
  runAttempt: '',
};

/** One log has it, and the certificate of January has ended since. */
const expired: SigningJob = {
  statement: '',
  signature: new Uint8Array(),
  certificate: makeEvidence().certificate ?? new Uint8Array(),
  timestamps: [],
  logs: [
    { url: 'https://one.example', version: 1, begun: true, entry: {} },
    { url: 'https://two.example', version: 1, begun: false },
  ],
};
const world: SigningWorld = {
  queue: { read: () => expired, write: never, remove: never, [Symbol.asyncDispose]: async () => undefined },
  services: {
    authority: { url: '', majorApiVersion: 1, from: 0, until: 0, operator: '' },
    logs: [],
    timestampAuthorities: [],
  },
  signer: { sign: never },
  insist,
  expected: { issuer: '', identity: '' },
  now: () => new Date('2026-06-01T00:00:00Z'),
  progress: () => undefined,
  fetch: never,
  clock,
  root,
};

/** Codes that tell of signing. */
export const attestReaches = {
  SBOM_INCOMPLETE: () =>
    thrown(() =>
      lockedComponents({
        name: 'agent',
        platform: 'linux/amd64',
        dependencies: [],
        graphs: new Map(),
        inside: [{ goModules: ['example.com/m@v1.0.0'], npmPackages: [], hasNode: false }],
      }),
    ),
  RELEASE_POLICY_REFUSED: () =>
    thrown(async () => {
      const policy = await definePolicy({ name: 'x', requirements: [{ signers: [anyGithub] }] });
      const nothing = {
        plan: { ...soundPlan, assets: [] },
        assets: [],
        documents: new Map<string, Uint8Array>(),
      };
      const ground = { root, now: new Date(), hint: '', tell: () => undefined };
      applyPolicy({ ...nothing, build: { images: [] } }, policy, ground);
    }),
  SIGNING_CONFIG_INVALID: () => thrown(() => parseSigningConfig(Buffer.from('{}'), 'config.json')),
  IDENTITY_TOKEN_MISSING: () =>
    thrown(() => tokenSource({ env: {}, files: { read: never }, fetch: never, insist, secrets }, undefined)),
  IDENTITY_TOKEN_INVALID: () => thrown(() => readIdentity('no token', 0)),
  IDENTITY_MISMATCH: () => thrown(() => checkIdentity({ ...identity, ...more }, soundLock.source)),
  SIGNING_UNAVAILABLE: answering(503),
  SIGNING_REFUSED: answering(400),
  SIGNING_QUEUE_BUSY: async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-queue-'));
    await using queue = await openQueue(folder);
    void queue;
    try {
      return await thrown(async () => openQueue(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  SIGNING_QUEUE_INVALID: () => thrown(() => parseJob(Buffer.from('{"schemaVersion": 2}'), '')),
  SIGNING_JOB_EXPIRED: () => thrown(async () => signStatement(world, Buffer.from('{}'))),
} satisfies Reaches;
