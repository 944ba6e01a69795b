import { resolveTrust } from '#core/io/trust-source';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { defineCommand } from '#core/cli/command';
import { describeSource } from '../inputs/trust.ts';

export const command = defineCommand({
  name: 'trust update',
  usage: '',
  about: [
    "Fetches the public-good instance's trusted root and the npm registry's keys by TUF, checks their signatures from the root that ships inside, and keeps them: verifications within a day then ask nobody.",
    'Copies are kept in the folder edgeseal/tuf under XDG_CACHE_HOME or ~/.cache, or in EDGESEAL_CACHE. Where it cannot be written, everything still works, and the next run fetches again.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {},
  examples: [
    { about: 'Before going offline', command: 'edgeseal trust update && edgeseal trust export root.json' },
  ],
  run: async (_flags, _operands, io) => {
    const root = await resolveTrust(io, {
      target: 'trusted_root.json',
      file: undefined,
      offline: false,
      refresh: true,
    });
    parseTrustedRoot(root.bytes, root.name);
    io.stdout(`trusted_root.json: ${describeSource(root, io.now())}\n`);
    const keys = await resolveTrust(io, {
      target: 'npm-keys.json',
      file: undefined,
      offline: false,
      refresh: true,
    });
    io.stdout(`npm-keys.json: ${describeSource(keys, io.now())}\n`);
    return 0;
  },
});
