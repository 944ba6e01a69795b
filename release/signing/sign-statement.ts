import { sha256Hex } from '#core/bytes/digest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { EdgesealError, refuse } from '#core/errors/error';
import type { JsonObject } from '#core/json/value';
import { parseSigningCertificate } from '#core/sigstore/certificate-identity';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { parseCertificate } from '#core/x509/certificate';
import { logStatement, stampStatement } from './ask-witness.ts';
import type { KeylessSigner } from './certified-key.ts';
import type { ChosenServices } from './choose-services.ts';
import type { AskedService, Insist } from './insist.ts';
import type { JobLog, SigningJob } from './job.ts';
import type { SigningQueue } from './queue.ts';
import { recoverEntries, treeSize, type LogWorld } from './recover-entry.ts';
import { envelopeOf, signedBytes, type SignedStatement } from './signed-statement.ts';
import { verifySigned, type ExpectedSigner } from './verify-signed.ts';

/** What signing takes. */
export interface SigningWorld extends LogWorld {
  readonly queue: SigningQueue;
  readonly services: ChosenServices;
  readonly signer: KeylessSigner;
  readonly insist: Insist;
  readonly expected: ExpectedSigner;
  readonly now: () => Date;
  readonly progress: (text: string) => void;
}

/** Milliseconds for one exchange. A log of Rekor v2 answers when its next checkpoint has the entry. */
const STAMP = 15_000;
const LOG: ReadonlyMap<number, number> = new Map([
  [1, 30_000],
  [2, 60_000],
]);
/** Milliseconds before a certificate ends in which nothing is begun that must come in its time. */
const MARGIN = 15_000;

/**
 * Signs a statement, or goes on with what the queue has of it: first the signature, then the times, then the logs, each
 * written down before the next. What may have reached a log is looked for there before it is sent again, and a statement
 * that is in a log is never signed anew.
 * @returns the Sigstore bundle, verified, as a line of JSON without its line feed
 * @throws SIGNING_*, IDENTITY_TOKEN_*, LOG_*, and the reason for which the result does not verify
 */
export async function signStatement(world: SigningWorld, payload: Uint8Array): Promise<string> {
  const { queue } = world;
  const statement = sha256Hex(payload);
  const left = queue.read(statement);
  let job = left === undefined ? undefined : await resume(world, payload, left);
  if (job === undefined) {
    job = newJob(statement, await world.signer.sign(signedBytes(payload)), world.services);
    queue.write(job);
  }
  for (const [index, { authority, response }] of job.timestamps.entries()) {
    if (response !== undefined) continue;
    const service: AskedService = { what: 'the timestamp authority', url: authority, exchange: STAMP };
    const stamp = await stampStatement(world.insist, service, signedOf(job, payload));
    job = { ...job, timestamps: job.timestamps.with(index, { authority, response: stamp }) };
    queue.write(job);
  }
  if (job.logs.every(({ begun }) => !begun)) await checkUnlogged(world, payload, job);
  for (const [index, log] of job.logs.entries()) {
    if (log.entry !== undefined) continue;
    job = await putIntoLog(world, payload, job, index, log);
  }
  return finish(world, payload, job);
}

function newJob(
  statement: string,
  signed: Pick<SigningJob, 'signature' | 'certificate'>,
  { logs, timestampAuthorities }: ChosenServices,
): SigningJob {
  return {
    statement,
    signature: signed.signature,
    certificate: signed.certificate,
    timestamps: timestampAuthorities.map(({ url }) => ({ authority: url })),
    logs: logs.map(({ url, majorApiVersion }) => ({ url, version: majorApiVersion, begun: false })),
  };
}

function signedOf({ signature, certificate }: SigningJob, payload: Uint8Array): SignedStatement {
  return { payload, signature, certificate };
}

/**
 * What a log gets it keeps: before that, everything is verified but the log itself. What does not verify is forgotten,
 * so that the next run begins anew.
 */
async function checkUnlogged(world: SigningWorld, payload: Uint8Array, job: SigningJob): Promise<void> {
  const root: TrustedRoot = { ...world.root, logs: [] };
  try {
    if (job.timestamps.length > 0) {
      const line = bundleOf({ root }, payload, job, []);
      await verifySigned(line, payload, world.expected, root, world.now());
      return;
    }
    const { name } = parseSigningCertificate([job.certificate], world.root);
    if (name.value === world.expected.identity) return;
    refuse('SIGNER_IDENTITY_MISMATCH', 'the certificate is for somebody else than who signs', {
      expected: JSON.stringify(world.expected.identity.slice(0, 300)),
      found: JSON.stringify(name.value.slice(0, 300)),
    });
  } catch (error) {
    world.queue.remove(job.statement);
    throw error;
  }
}

async function putIntoLog(
  world: SigningWorld,
  payload: Uint8Array,
  job: SigningJob,
  index: number,
  log: JobLog,
): Promise<SigningJob> {
  const service = serviceOf(log);
  const size =
    log.size ??
    (log.version === 1 ? undefined : await world.insist(service, async () => treeSize(world, log.url)));
  const begun: JobLog = { ...log, begun: true, size };
  world.queue.write({ ...job, logs: job.logs.with(index, begun) });
  const entry =
    (await logStatement(world.insist, service, signedOf(job, payload))) ??
    (await recover(world, payload, job, begun)) ??
    refuse('LOG_ENTRY_MISSING', 'the log says that it has the entry, and does not show it', {
      path: new URL(log.url).host,
      expected: `an entry at ${size ?? 0} or behind`,
      hint: 'run the same command again later',
    });
  const done = { ...job, logs: job.logs.with(index, { ...begun, entry }) };
  world.queue.write(done);
  return done;
}

function serviceOf({ url, version }: JobLog): AskedService & { readonly version: number } {
  return { what: 'Rekor', url, version, exchange: LOG.get(version) ?? STAMP };
}

/**
 * What is left of a job. Undefined: the process ended before the signature was of use; no log has it, and its key is
 * gone, so that it begins anew.
 */
async function resume(
  world: SigningWorld,
  payload: Uint8Array,
  left: SigningJob,
): Promise<SigningJob | undefined> {
  let job = left;
  const { notAfter } = parseCertificate(job.certificate);
  const isLate = world.now().getTime() + MARGIN > notAfter;
  for (const [index, log] of job.logs.entries()) {
    // A log of Rekor v1 gives back what it has when it is sent again; it is only asked where it must not be sent.
    if (!log.begun || log.entry !== undefined || (log.version === 1 && !isLate)) continue;
    world.progress(`looking whether ${new URL(log.url).host} has it already`);
    const entry = await recover(world, payload, job, log);
    if (entry === undefined) continue;
    job = { ...job, logs: job.logs.with(index, { ...log, entry }) };
    world.queue.write(job);
  }
  const needsTime =
    job.timestamps.some(({ response }) => response === undefined) ||
    job.logs.some(({ version, entry }) => version === 1 && entry === undefined);
  if (!isLate || !needsTime) return job;
  if (job.logs.every(({ entry }) => entry === undefined)) {
    world.queue.remove(job.statement);
    return undefined;
  }
  return refuse(
    'SIGNING_JOB_EXPIRED',
    'a signature is in one log, and its certificate ended before the others had it',
    {
      path: `${job.statement}.json`,
      expected: 'all services within the life of a certificate',
      found: `it ended at ${new Date(notAfter).toISOString()}`,
      hint: 'it cannot be finished, and signing again makes a second signature over the same statement: if you want that, delete this file of the queue',
    },
  );
}

async function recover(
  world: SigningWorld,
  payload: Uint8Array,
  job: SigningJob,
  log: JobLog,
): Promise<JsonObject | undefined> {
  const found = await world.insist(serviceOf(log), async () =>
    recoverEntries(world, log, signedOf(job, payload)),
  );
  return found.find((entry) => {
    try {
      bundleOf(world, payload, job, [entry]);
      return true;
    } catch (error) {
      if (error instanceof EdgesealError) return false;
      throw error;
    }
  });
}

async function finish(world: SigningWorld, payload: Uint8Array, job: SigningJob): Promise<string> {
  const entries = job.logs.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const line = bundleOf(world, payload, job, entries);
  await verifySigned(line, payload, world.expected, world.root, world.now());
  return line;
}

/** Signature, certificate, entries and times are checked as the bundle is written. */
function bundleOf(
  { root }: Pick<SigningWorld, 'root'>,
  payload: Uint8Array,
  job: SigningJob,
  entries: readonly JsonObject[],
): string {
  const [line] = bundleEnvelope({
    envelope: envelopeOf(signedOf(job, payload)),
    name: 'the statement',
    candidates: [entries],
    timestamps: job.timestamps.flatMap(({ response }) => (response === undefined ? [] : [response])),
    trust: { root, keys: [] },
  });
  return line ?? refuse('SIGNATURE_MISSING', 'a statement without signature');
}
