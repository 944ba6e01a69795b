import { defineCommand } from '#core/cli/command';
import manifest from '../../package.json' with { type: 'json' };

export const command = defineCommand({
  name: 'version',
  usage: '',
  about: ['Shows the version of edgeseal and of the Node.js that runs it.'],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {},
  examples: [{ about: 'Which version is this?', command: 'edgeseal version' }],
  run: async (_flags, _operands, io) => {
    io.stdout(`edgeseal ${manifest.version} (node ${process.versions.node})\n`);
    return 0;
  },
});
