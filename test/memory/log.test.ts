import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RekorV2Log } from '../rekor/log-v2.ts';
import { serve, type WireFault } from '../rekor/server.ts';
import { TiledLog } from '../sigstore/tiled-log.ts';
import { makeWorld, trustedRootOf } from '../sigstore/world.ts';

const script = fileURLToPath(new URL('read-entries.ts', import.meta.url));
const MIB = 1024 * 1024;
/** 256 entries of this length make the largest bundle that is read; octets, without the length before it. */
const LENGTH = (4 * MIB) / 256 - 2;

/** An endless zero instead of a bundle of entries: whoever reads it is drowned. */
const zeros: WireFault = ({ url = '' }, response) => {
  if (!url.includes('/tile/entries/')) return false;
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const more = (): void => {
    while (response.write(Buffer.alloc(MIB)));
  };
  response.on('drain', more);
  more();
  return true;
};

test.each<[string, string, WireFault | undefined]>([
  ['in the largest bundle', '1 entries', undefined],
  ['in a bundle without end', 'INPUT_TOO_LARGE', zeros],
])('an entry %s takes less than 150 MiB to read', { timeout: 5000 }, async (_, expected, fault) => {
  const text = '{"kind":"hashedrekord","apiVersion":"0.0.2","spec":{}}';
  const entry = Buffer.from(text.padEnd(LENGTH));
  const entries = new Map(Array.from({ length: 512 }, (__, index) => [index, entry]));
  const world = makeWorld();
  const server = await serve(new RekorV2Log(new TiledLog(world.rekorV2, { size: 512, entries })), fault);
  try {
    const root = JSON.stringify(trustedRootOf(world));
    const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, root, '300']);
    const { outcome, peak }: { outcome: string; peak: number } = JSON.parse(stdout);
    expect(outcome).toBe(expected);
    expect(peak).toBeLessThan(150);
  } finally {
    await server.stop();
  }
});
