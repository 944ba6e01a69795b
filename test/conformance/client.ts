// The executable side of sigstore-conformance's protocol: exit 0 = verified, 1 = not.
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { nodeIo } from '#core/io/node-io';
import { parseArguments, verifyBundle } from './verify-bundle.ts';

const io = nodeIo();
let reasons: readonly Reason[];
try {
  reasons = await verifyBundle(parseArguments(process.argv.slice(2)), io.seeds());
} catch (error) {
  reasons = [reasonOf(error)];
}
for (const reason of reasons) io.stderr(`${JSON.stringify(reason)}\n`);
process.exitCode = reasons.length === 0 ? 0 : 1;
