import { EdgesealError, refuse } from '#core/errors/error';
import type { Clock } from '#core/oci/http';
import { watchRetryAfter } from './retry-after-watch.ts';
import type { Secrets } from './secrets.ts';

/** Who is asked. */
export interface AskedService {
  /** For people: `Fulcio`, `Rekor`, `the timestamp authority`. */
  readonly what: string;
  readonly url: string;
  /** Milliseconds for one exchange. */
  readonly exchange: number;
}

/**
 * Asks a service until it answers, within one budget of attempts and time. What it does not take is not asked again.
 * @param make one attempt; `within` is what it may take, milliseconds
 * @throws SIGNING_UNAVAILABLE, SIGNING_REFUSED, and what an attempt throws of ours
 */
export type Insist = <T>(service: AskedService, make: (within: number) => Promise<T>) => Promise<T>;

export interface InsistWorld {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly secrets: Secrets;
  /** Tells people of a pause. */
  readonly progress: (text: string) => void;
}

/** An attempt that failed: by the answer's status, or without an answer that can be read. */
export class AttemptError extends Error {
  readonly status: number | undefined;
  /** Milliseconds that the service asks to be left alone. */
  readonly after: number | undefined;

  constructor(status: number | undefined, after: number | undefined) {
    super(status === undefined ? 'an answer that cannot be read' : `HTTP ${status}`);
    this.status = status;
    this.after = after;
  }
}

/** Attempts at one question, and milliseconds for all of them. */
const ATTEMPTS = 6;
const PATIENCE = 180_000;
/** Milliseconds before the second attempt; twice as much before each next one. */
const PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Statuses that another attempt may change, beside all from 500 on. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
const LATE = Symbol('late');

export function insistBy(world: InsistWorld): Insist {
  const { clock } = world;
  return async (service, make) => {
    const until = clock.now() + PATIENCE;
    for (let count = 1; ; count++) {
      const failure = await attempt(world, service, make, Math.min(service.exchange, until - clock.now()));
      if ('answer' in failure) return failure.answer;
      const { status, found } = failure;
      if (status !== undefined && status < 500 && !PASSING.has(status)) refused(service, found);
      const pause = Math.min(PAUSE * 2 ** (count - 1), LONGEST_PAUSE) * (0.5 + world.random());
      const after = Math.max(pause, failure.after ?? 0);
      if (count === ATTEMPTS || clock.now() + after >= until)
        unavailable(service, found, count, failure.after);
      world.progress(
        `${service.what} (${hostOf(service.url)}): ${found}; again in ${(after / 1000).toFixed(1)} s`,
      );
      await clock.wait(after);
    }
  };
}

interface Failure {
  readonly status: number | undefined;
  readonly after: number | undefined;
  readonly found: string;
}

async function attempt<T>(
  { clock, secrets }: InsistWorld,
  { url, exchange }: AskedService,
  make: (within: number) => Promise<T>,
  within: number,
): Promise<Failure | { readonly answer: T }> {
  using watch = watchRetryAfter(url);
  try {
    const made = make(within);
    // Who is late may still fail: nobody listens any more.
    made.catch(() => undefined);
    const answer = await Promise.race([made, clock.wait(within).then((): typeof LATE => LATE)]);
    if (answer !== LATE) return { answer };
    return {
      status: undefined,
      after: undefined,
      found: `no answer within ${(Math.min(within, exchange) / 1000).toFixed(1)} s`,
    };
  } catch (error) {
    if (error instanceof EdgesealError && !isOfTheNetwork(error)) throw error;
    const status = statusOf(error);
    return {
      status,
      after: (error instanceof AttemptError ? error.after : undefined) ?? watch.after,
      found: secrets.redact(describe(error, status)).slice(0, 300),
    };
  }
}

/** Refusals of ours that tell of the way to a service, or of an answer that cannot be read. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  'NETWORK_UNAVAILABLE',
  'REGISTRY_TIMEOUT',
  'LOG_SEARCH_UNAVAILABLE',
  'LOG_TILE_MISSING',
  'JSON_SYNTAX',
]);

function isOfTheNetwork({ code }: EdgesealError): boolean {
  return PASSING_CODES.has(code);
}

/** The HTTP status that an error, or what caused it, came with. */
export function statusOf(error: unknown): number | undefined {
  for (const one of causesOf(error)) {
    if (one instanceof AttemptError) return one.status;
    if ('statusCode' in one && typeof one.statusCode === 'number') return one.statusCode;
  }
  return undefined;
}

/** What a service says is text of others: it is shown in quotes. */
function describe(error: unknown, status: number | undefined): string {
  const last = causesOf(error).at(-1);
  const said = last?.message ?? 'an unknown fault';
  if (status === undefined) {
    const code =
      last !== undefined && 'code' in last && typeof last.code === 'string' ? ` (${last.code})` : '';
    return error instanceof EdgesealError || error instanceof AttemptError
      ? said
      : `no answer that can be read${code}`;
  }
  const text = said.replace(/^\(\d{3}\) /, '');
  return error instanceof AttemptError || text === ''
    ? `HTTP ${status}`
    : `HTTP ${status}, ${JSON.stringify(text.slice(0, 200))}`;
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let one = error; one instanceof Error && causes.length < 8; one = one.cause) causes.push(one);
  return causes;
}

function refused({ what, url }: AskedService, found: string): never {
  return refuse('SIGNING_REFUSED', `${what} does not take what it is asked`, {
    path: hostOf(url),
    expected: 'a certificate, a log entry, or a timestamp',
    found,
    hint: 'check that token and signing config are of one Sigstore instance',
  });
}

function unavailable(
  { what, url }: AskedService,
  found: string,
  count: number,
  after: number | undefined,
): never {
  const later = after === undefined ? '' : `; to be asked again after ${Math.ceil(after / 1000)} s`;
  return refuse('SIGNING_UNAVAILABLE', `${what} does not answer`, {
    path: hostOf(url),
    expected: 'an answer that can be read',
    found: `${found}${later}, after ${count} ${count === 1 ? 'attempt' : 'attempts'}`,
    hint: 'run the same command again later: what is signed stays signed, and nothing is signed twice',
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unknown host';
}
