import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where built peers are kept, outside the repository. */
const bin = path.join(
  process.env['EDGESEAL_PEERS'] ?? path.join(homedir(), '.cache', 'edgeseal-peers'),
  'bin',
);

/** cosign 3.1.3, built where Go is there and it is not; undefined with one line of explanation else. */
export function cosign(): string | undefined {
  const file = path.join(bin, 'cosign');
  const module = 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3';
  return existsSync(file) ? file : built(file, ['install', module], process.cwd());
}

/** go-containerregistry's registry, which has the referrers API. */
export function registry(): string | undefined {
  const file = path.join(bin, 'registry');
  const module = 'github.com/google/go-containerregistry/cmd/registry@v0.22.1';
  return existsSync(file) ? file : built(file, ['install', module], process.cwd());
}

/** The loop over sigstore-go in bench/sigstore-go. */
export function sigstoreGo(): string | undefined {
  const file = path.join(bin, 'sigstore-go-loop');
  const source = fileURLToPath(new URL('sigstore-go', import.meta.url));
  return built(file, ['build', '-o', file, '.'], source);
}

function built(file: string, args: readonly string[], cwd: string): string | undefined {
  const name = path.basename(file);
  if (spawnSync('go', ['version']).status !== 0) {
    console.log(`${name}: left out, there is no Go here to build it`);
    return undefined;
  }
  mkdirSync(bin, { recursive: true });
  try {
    execFileSync('go', args, {
      cwd,
      env: { ...process.env, GOBIN: bin },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return file;
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : '').split('\n').slice(1);
    console.log(`${name}: left out, it could not be built: ${line}`);
    return undefined;
  }
}
