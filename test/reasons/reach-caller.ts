import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { told, type Reaches } from './reach.ts';

/** The folder that the commands see. Whoever imports this removes it. */
export const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-reasons-'));
const fixture = makeEvidence();
writeFileSync(path.join(folder, 'root.json'), fixture.trustedRootBytes);
writeFileSync(path.join(folder, 'bundle.json'), fixture.bytes);
writeFileSync(path.join(folder, 'artifact'), fixture.artifact.content);
mkdirSync(path.join(folder, 'folder'));
symlinkSync('loop', path.join(folder, 'loop'));

const offline = ['verify-attestation', '--offline', '--bundle', 'bundle.json'];
const identity = [
  '--certificate-identity',
  fixture.identity ?? '',
  '--certificate-oidc-issuer',
  fixture.issuer ?? '',
];

/** Codes that tell the caller about the call and the world around it. */
export const callerReaches = {
  TRUST_ROOT_UNAVAILABLE: told(folder, ['trust', 'show', '--offline']),
  COMMAND_UNKNOWN: told(folder, ['verify-everything']),
  FLAG_UNKNOWN: told(folder, [...offline, '--trust-me', 'artifact']),
  FLAG_REQUIRED: told(folder, ['verify-attestation', ...identity, 'artifact']),
  FLAG_CONFLICT: told(folder, ['version', 'now']),
  FLAG_VALUE_INVALID: told(folder, [...offline, '--output', 'xml', 'artifact']),
  FLAG_UNSUPPORTED: told(folder, [...offline, '--sct', 'sct.json', 'artifact']),
  FILE_NOT_FOUND: told(folder, [...offline, ...identity, '--trusted-root', 'absent.json', 'artifact']),
  FILE_IS_DIRECTORY: told(folder, [...offline, ...identity, '--trusted-root', 'folder', 'artifact']),
  FILE_UNREADABLE: told(folder, [...offline, ...identity, '--trusted-root', 'loop', 'artifact']),
  FILE_UNWRITABLE: told(folder, ['trust', 'export', '--trusted-root', 'root.json', 'absent/root.json']),
  NETWORK_UNAVAILABLE: told(folder, ['trust', 'update']),
  INTERNAL_ERROR: told(folder, ['trust', 'show', '--offline'], {
    seeds: () => {
      throw new TypeError('a fault');
    },
  }),
} satisfies Reaches;
