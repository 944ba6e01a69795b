import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorityPem, startTls } from '../registry/tls.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';

const script = fileURLToPath(new URL('verify-release.ts', import.meta.url));
const MIB = 1024 * 1024;
/**
 * More than V8 lets stand of chunks that nobody holds, about 64 MiB, and than may grow. Hashing 2 GiB takes longer
 * than a test may; what does not grow with 128 MiB does not grow with them.
 */
const LARGE = 128 * MIB;
/** MiB: what the connections and the heap take while several files come at once. */
const GROWTH = 32;
/** MiB. */
const PEAK = 150;
/** Milliseconds for all processes together: some seconds on a machine of its own, more beside others. */
const PATIENCE = 120_000;
const policy = {
  name: 'release',
  requirements: [
    {
      predicateType: 'slsaprovenance1',
      signers: [{ issuer: 'https://issuer.example', identity: 'https://example.com/x' }],
    },
  ],
};
let folder = '';
const peaks = { folder: 0, small: 0, large: 0, many: 0, secure: 0 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeseal-memory-'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  writeFileSync(join(folder, 'root.json'), makeEvidence().trustedRootBytes);
  peaks.folder = await peakOfFolder(LARGE);
  peaks.small = await peakOfDownload([MIB]);
  peaks.large = await peakOfDownload([LARGE]);
  peaks.many = await peakOfDownload(Array.from({ length: 8 }, () => LARGE / 8));
  peaks.secure = await peakOfSecureDownload(LARGE);
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a process of its own: a peak is the peak of everything that a process ever did. */
async function verifyAlone(
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly outcome: string; readonly peak: number }> {
  const args = [script, folder, '--policy', 'policy.json', '--trusted-root', 'root.json', source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

describe('a release takes less than 150 MiB to verify', () => {
  test('in a folder, with a large file', () => {
    expect(peaks.folder).toBeLessThan(PEAK);
  });

  test.each([
    ['with a large file', 'large'],
    ['with many files that are small enough to be read', 'many'],
    ['with a large file by TLS', 'secure'],
  ] as const)('of GitHub, %s, which is not kept', (_, which) => {
    expect(peaks[which]).toBeLessThan(PEAK);
    expect(peaks[which] - peaks.small).toBeLessThan(GROWTH);
  });
});

async function peakOfFolder(size: number): Promise<number> {
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/large.bin'), 'x');
  truncateSync(join(folder, 'dist/large.bin'), size);
  const { outcome, peak } = await verifyAlone('dist');
  expect(outcome).toBe('RELEASE_FILE_UNPROVEN');
  return peak;
}

async function peakOfDownload(sizes: readonly number[]): Promise<number> {
  const server = createServer(releaseOf(sizes));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    return await peakAt(`http://127.0.0.1:${port}`, sizes);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function peakOfSecureDownload(size: number): Promise<number> {
  const server = await startTls(releaseOf([size]));
  try {
    writeFileSync(join(folder, 'ca.pem'), authorityPem);
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    return await peakAt(`https://${server.host}`, [size], env);
  } finally {
    await server.stop();
  }
}

async function peakAt(
  api: string,
  sizes: readonly number[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const more = { GITHUB_API_URL: api, NO_PROXY: '127.0.0.1', ...env };
  const { outcome, peak } = await verifyAlone('github:o/r@v1', more);
  expect(outcome).toBe(sizes.map(() => 'RELEASE_FILE_UNPROVEN').join());
  return peak;
}

/** A release of files of zeros. */
function releaseOf(sizes: readonly number[]): RequestListener {
  const zeros = Buffer.alloc(MIB);
  return (request, response) => {
    const { url = '' } = request;
    const id = Number(/assets\/(\d+)$/.exec(url)?.[1] ?? 0);
    if (url.includes('/tags/')) response.end('{"id":7,"tag_name":"v1"}');
    else if (url.includes('/attestations/')) response.writeHead(404).end();
    else if (id > 0) {
      const size = sizes[id - 1] ?? 0;
      let left = size / MIB;
      response.writeHead(200, { 'content-length': size });
      const more = (): void => {
        while (left > 0) {
          left--;
          if (!response.write(zeros)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    } else {
      const assets = sizes.map((size, index) => ({
        id: index + 1,
        name: `f${index}`,
        size,
        state: 'uploaded',
      }));
      response.end(JSON.stringify(assets));
    }
  };
}
