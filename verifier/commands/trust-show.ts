import { canonicalize } from '#core/json/canonical';
import { defineCommand } from '#core/cli/command';
import { trustFlags } from '../inputs/trust-flags.ts';
import { loadTrustedRoot } from '../inputs/trust.ts';
import { describeRoot, rootDocument } from '../report/trusted-root.ts';

export const command = defineCommand({
  name: 'trust show',
  usage: '[flags]',
  about: [
    'Shows the trusted root that a verification with the same flags would believe: certificate authorities, logs, timestamp authorities, their validity, the digest, and how old the copy is.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    ...trustFlags,
    output: {
      kind: 'text',
      short: 'o',
      value: 'FORMAT',
      oneOf: ['text', 'json'],
      about: 'how it is printed',
    },
  },
  examples: [
    { about: 'What is believed without a network?', command: 'edgeseal trust show --offline' },
    {
      about: 'What does this file contain?',
      command: 'edgeseal trust show --trusted-root trusted_root.json',
    },
  ],
  run: async (flags, _operands, io) => {
    const root = await loadTrustedRoot(io, flags);
    const isJson = flags.text('output') === 'json';
    io.stdout(isJson ? `${canonicalize(rootDocument(root))}\n` : describeRoot(root, io.now()));
    return 0;
  },
});
