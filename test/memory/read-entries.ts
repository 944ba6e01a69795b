import process from 'node:process';
import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';

import { reasonOf } from '#core/errors/error';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { impatientNetwork } from '../rekor/network.ts';

/* Reads entries of the tiled log that the first argument names, by the trusted root in the second and the indices after it; tells what came of it, and the peak. */
const [url = '', trusted = '', ...indices] = process.argv.slice(2);
const { http, clock } = impatientNetwork(4000);
const client = new LogClient({ url: new URL(url), fetch: http({}), clock, timeout: 20_000 });
const root = parseTrustedRoot(Buffer.from(trusted), 'trusted_root.json');
let outcome: string;
try {
  outcome = `${(await entriesByIndex(client, indices.map(Number), root)).length} entries`;
} catch (error) {
  outcome = reasonOf(error).code;
}
process.stdout.write(JSON.stringify({ outcome, peak: process.resourceUsage().maxRSS / 1024 }));
