import { defineCommand } from '#core/cli/command';
import manifest from '../../package.json' with { type: 'json' };

export const command = defineCommand({
  name: 'version',
  usage: '',
  about: ['Shows the version of edgeseal-release and of the Node.js that runs it.'],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {},
  examples: [{ about: 'Which version is this?', command: 'edgeseal-release version' }],
  run: async (_flags, _operands, io) => {
    io.stdout(`edgeseal-release ${manifest.version} (node ${process.versions.node})\n`);
    return 0;
  },
});
