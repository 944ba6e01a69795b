import { resolveTrust } from '#core/io/trust-source';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { defineCommand } from '#core/cli/command';
import { trustFlags } from '../inputs/trust-flags.ts';
import { nameOf } from '../inputs/evidence.ts';
import { describeSource, pinnedDigest, rootChoice } from '../inputs/trust.ts';

export const command = defineCommand({
  name: 'trust export',
  usage: '[flags] FILE',
  about: [
    'Writes the trusted root that a verification with the same flags would believe to FILE (- for standard output), byte for byte, for --trusted-root on another machine. Compare the digests that both sides print.',
  ],
  operands: { name: 'FILE', min: 1, max: 1 },
  flags: trustFlags,
  examples: [
    { about: 'For a machine without a network', command: 'edgeseal trust export trusted_root.json' },
  ],
  run: async (flags, [file = '-'], io) => {
    const source = await resolveTrust(io, rootChoice(flags));
    parseTrustedRoot(source.bytes, nameOf(source.name), pinnedDigest(flags));
    if (file === '-') io.stdout(Buffer.from(source.bytes).toString('utf8'));
    else io.files.write(file, source.bytes);
    io.stderr(`Trusted root: ${describeSource(source, io.now())}\n`);
    return 0;
  },
});
