import { refuse } from '#core/errors/error';
import { defineCommand } from '../cli/command.ts';
import { commands } from '../cli/commands.ts';
import { quote } from '../cli/flags.ts';
import { nearest } from '#core/errors/nearest';
import { overview } from '../cli/overview.ts';

export const command = defineCommand({
  name: 'help',
  usage: '[COMMAND]',
  about: ['Shows the list of commands, or what one command does.'],
  operands: { name: 'COMMAND', min: 0, max: 2 },
  flags: {},
  examples: [{ about: 'What verify-artifact does', command: 'edgeseal help verify-artifact' }],
  run: async (_flags, operands, io) => {
    const name = operands.join(' ');
    if (name === '') {
      io.stdout(overview());
      return 0;
    }
    const entry = commands.find((command) => command.name === name);
    if (entry === undefined) {
      const near = nearest(
        name,
        commands.map((command) => command.name),
      );
      return refuse('COMMAND_UNKNOWN', `there is no command ${quote(name)}`, {
        hint: near === undefined ? 'edgeseal help lists the commands' : `did you mean ${near}?`,
      });
    }
    io.stdout((await entry.load()).help());
    return 0;
  },
});
