import {
  authorityJson,
  logJson,
  TRUSTED_ROOT_TYPE,
  type AuthorityJson,
  type LogJson,
  type TrustedRootJson,
  type Window,
} from '../../release/local/trusted-root.ts';
import { makeCtLog, type CtLog } from './ct-log.ts';
import { makeFulcio, type Fulcio } from './fulcio.ts';
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

export type { TrustedRootJson, Window };

export interface TrustedRootOptions {
  readonly fulcio?: Window | undefined;
  readonly ctLog?: Window | undefined;
  readonly rekorV1?: Window | undefined;
  readonly rekorV2?: Window | undefined;
  readonly tsa?: Window | undefined;
}

const always: Window = { start: '2025-01-01T00:00:00Z' };

/** trusted_root.json of an instance; each service may get a window of validity. */
export function trustedRootOf(world: World, windows: TrustedRootOptions = {}): TrustedRootJson {
  return {
    mediaType: TRUSTED_ROOT_TYPE,
    tlogs: [
      logOf(world.rekorV1.baseUrl, world.rekorV1.key, world.rekorV1.logId, windows.rekorV1),
      logOf(world.rekorV2.baseUrl, world.rekorV2.key, world.rekorV2.logId, windows.rekorV2),
    ],
    certificateAuthorities: [authorityOf('fulcio', world.fulcio, windows.fulcio)],
    ctlogs: [logOf(world.ctLog.baseUrl, world.ctLog.key, world.ctLog.logId, windows.ctLog)],
    timestampAuthorities: [authorityOf('tsa', world.tsa, windows.tsa)],
  };
}

function logOf(baseUrl: string, key: TestKey, logId: Buffer, window: Window | undefined): LogJson {
  const validFor = { ...(window ?? always) };
  if (key.type !== 'rsa') return logJson(baseUrl, key, logId, validFor);
  // The one RSA log in Sigstore's roots has its key as PKCS#1.
  const spki = key.publicKey.export({ type: 'pkcs1', format: 'der' });
  return logJson(baseUrl, { spki, keyDetails: 'PKCS1_RSA_PKCS1V5' }, logId, validFor);
}

function authorityOf(
  commonName: string,
  authority: { readonly uri: string; readonly chain: readonly Buffer[] },
  window: Window | undefined,
): AuthorityJson {
  const subject = { organization: 'example', commonName };
  return authorityJson(subject, authority.uri, authority.chain, { ...(window ?? always) });
}
