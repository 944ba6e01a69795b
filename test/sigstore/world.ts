import { makeCtLog, type CtLog } from './ct-log.ts';
import { makeFulcio, type Fulcio } from './fulcio.ts';
import { base64 } from './json.ts';
import type { TestKey } from './keys.ts';
import { makeRekorV1, makeRekorV2, type Rekor } from './rekor.ts';
import { makeTimestampAuthority, type TimestampAuthority } from './timestamp-authority.ts';

/** One Sigstore instance: a certificate authority, its CT log, two transparency logs, a timestamp authority. */
export interface World {
  readonly fulcio: Fulcio;
  readonly ctLog: CtLog;
  readonly rekorV1: Rekor;
  readonly rekorV2: Rekor;
  readonly tsa: TimestampAuthority;
}

const made = new Map<string, World>();

/** The instance of that name: the same keys and certificates in each run. */
export function makeWorld(label = 'sigstore'): World {
  let world = made.get(label);
  if (world === undefined) {
    world = {
      fulcio: makeFulcio(label),
      ctLog: makeCtLog(label),
      rekorV1: makeRekorV1(label),
      rekorV2: makeRekorV2(label),
      tsa: makeTimestampAuthority(label),
    };
    made.set(label, world);
  }
  return world;
}

/** A TimeRange in protobuf JSON. */
export interface Window {
  start?: string;
  end?: string;
}

export interface TrustedRootOptions {
  readonly fulcio?: Window | undefined;
  readonly ctLog?: Window | undefined;
  readonly rekorV1?: Window | undefined;
  readonly rekorV2?: Window | undefined;
  readonly tsa?: Window | undefined;
}

export interface TrustedRootJson {
  mediaType: string;
  tlogs: LogJson[];
  certificateAuthorities: AuthorityJson[];
  ctlogs: LogJson[];
  timestampAuthorities: AuthorityJson[];
}

export interface LogJson {
  baseUrl: string;
  hashAlgorithm: string;
  publicKey: { rawBytes: string; keyDetails: string; validFor: Window };
  logId: { keyId: string };
}

export interface AuthorityJson {
  subject: { organization: string; commonName: string };
  uri: string;
  certChain: { certificates: { rawBytes: string }[] };
  validFor: Window;
}

const always: Window = { start: '2025-01-01T00:00:00Z' };

/** trusted_root.json of an instance; each service may get a window of validity. */
export function trustedRootOf(world: World, windows: TrustedRootOptions = {}): TrustedRootJson {
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      logJson(world.rekorV1.baseUrl, world.rekorV1.key, world.rekorV1.logId, windows.rekorV1),
      logJson(world.rekorV2.baseUrl, world.rekorV2.key, world.rekorV2.logId, windows.rekorV2),
    ],
    certificateAuthorities: [authorityJson('fulcio', world.fulcio, windows.fulcio)],
    ctlogs: [logJson(world.ctLog.baseUrl, world.ctLog.key, world.ctLog.logId, windows.ctLog)],
    timestampAuthorities: [authorityJson('tsa', world.tsa, windows.tsa)],
  };
}

function logJson(baseUrl: string, key: TestKey, logId: Buffer, window: Window | undefined): LogJson {
  const validFor = { ...(window ?? always) };
  // The one RSA log in Sigstore's roots has its key as PKCS#1.
  const publicKey =
    key.type === 'rsa'
      ? {
          rawBytes: base64(key.publicKey.export({ type: 'pkcs1', format: 'der' })),
          keyDetails: 'PKCS1_RSA_PKCS1V5',
          validFor,
        }
      : { rawBytes: base64(key.spki), keyDetails: key.keyDetails, validFor };
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId: base64(logId) } };
}

function authorityJson(
  commonName: string,
  authority: { readonly uri: string; readonly chain: readonly Buffer[] },
  window: Window | undefined,
): AuthorityJson {
  return {
    subject: { organization: 'example', commonName },
    uri: authority.uri,
    certChain: { certificates: authority.chain.map((certificate) => ({ rawBytes: base64(certificate) })) },
    validFor: { ...(window ?? always) },
  };
}
