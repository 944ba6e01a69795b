import type { TokenOptions } from './issuer.ts';
import type { Job } from './job.ts';
import { bind, sendAnswer, type Answering } from './serve.ts';
import { makeServices } from './services.ts';
import { signingConfig, type SigningConfigJson } from './signing-config.ts';
import { openState, rememberPort } from './state.ts';
import type { TrustedRootJson } from './trusted-root.ts';

export interface LocalOptions {
  /** Default: the one that the state had, else any that is free. */
  readonly port?: number | undefined;
  /** A folder to keep everything in. Default: memory. */
  readonly state?: string | undefined;
  readonly clock?: (() => Date) | undefined;
  /** How answers are sent; default: as they are. */
  readonly answering?: Answering | undefined;
}

/** The local services, as long as they run. */
export interface Local {
  /** Of all but Rekor v2, each of which has paths of its own: issuer, Fulcio, CT log, Rekor v1, registry. */
  readonly url: string;
  readonly rekorV2: string;
  /** With its path, as a signing config has it. */
  readonly timestamps: string;
  /** Host and port. */
  readonly registry: string;
  readonly trustedRoot: TrustedRootJson;
  /** @param rekor the major version of the log's API */
  signingConfig(rekor: 1 | 2): SigningConfigJson;
  /** Begins a job: the environment in which it may ask for its tokens, as GitHub gives it. */
  job(job: Job): Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>>;
  /** A token of a job. */
  token(job: Job, options?: TokenOptions): string;
  stop(): Promise<void>;
}

/**
 * Starts an OIDC issuer, Fulcio, a CT log, Rekor v1 and v2, a timestamp authority and an OCI registry on loopback.
 * For development: whoever reaches the port is given a certificate for any workflow that the jobs claim to be.
 * @throws LOCAL_PORT_UNAVAILABLE, LOCAL_STATE_INVALID
 */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const { clock = () => new Date(), answering = sendAnswer } = options;
  const state = openState(options.state, clock());
  const bound = await bind(options.port ?? state.port ?? 0);
  rememberPort(state, bound.port);
  const { issuer, urls, trustedRoot, route } = makeServices(bound.port, state, clock);
  bound.begin(route, answering);
  return {
    ...urls,
    trustedRoot,
    signingConfig: (majorApiVersion) =>
      signingConfig({
        issuer: urls.url,
        fulcio: urls.url,
        rekor: { url: majorApiVersion === 1 ? urls.url : urls.rekorV2, majorApiVersion },
        timestamps: urls.timestamps,
        start: state.start.toISOString(),
      }),
    job: (job) => issuer.begin(job),
    token: (job, tokenOptions) => issuer.token(job, tokenOptions),
    stop: bound.stop,
  };
}
