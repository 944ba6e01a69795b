import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Local } from './start-local.ts';

/** What clients read to sign with the local services and to verify what they signed. */
export interface LocalFiles {
  readonly trustedRoot: string;
  /** Rekor v1. */
  readonly signingConfig: string;
  readonly signingConfigRekorV2: string;
  /** Both in one, as sigstore-python takes them. */
  readonly trustConfig: string;
}

const TRUST_CONFIG = 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json';

/**
 * Writes them into the state's folder, or where there is none into a new one that `remove` removes.
 */
export function writeFiles(
  local: Local,
  state: string | undefined,
): { readonly files: LocalFiles; readonly remove: () => void } {
  const folder = state ?? mkdtempSync(path.join(tmpdir(), 'edgeseal-local-'));
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: object): string => {
    const file = path.join(folder, name);
    writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
    return file;
  };
  const { trustedRoot } = local;
  const signingConfig = local.signingConfig(1);
  const files = {
    trustedRoot: write('trusted_root.json', trustedRoot),
    signingConfig: write('signing_config.json', signingConfig),
    signingConfigRekorV2: write('signing_config_rekor_v2.json', local.signingConfig(2)),
    trustConfig: write('trust_config.json', { mediaType: TRUST_CONFIG, trustedRoot, signingConfig }),
  };
  return {
    files,
    remove: () => (state === undefined ? rmSync(folder, { recursive: true, force: true }) : undefined),
  };
}
