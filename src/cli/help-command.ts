import { refuse } from '#core/errors/error';
import { nearest } from '#core/errors/nearest';
import { defineCommand, type Command, type Example } from './command.ts';
import { quote } from './flags.ts';
import { overview } from './overview.ts';
import type { Program } from './program.ts';

/** `help [COMMAND]` of a program. */
export function helpCommand(program: Program, example: Example): Command {
  return defineCommand({
    name: 'help',
    usage: '[COMMAND]',
    about: ['Shows the list of commands, or what one command does.'],
    operands: { name: 'COMMAND', min: 0, max: 2 },
    flags: {},
    examples: [example],
    run: async (_flags, operands, io) => {
      const name = operands.join(' ');
      if (name === '') {
        io.stdout(overview(program));
        return 0;
      }
      const entry = program.commands.find((command) => command.name === name);
      if (entry === undefined) {
        const near = nearest(
          name,
          program.commands.map((command) => command.name),
        );
        return refuse('COMMAND_UNKNOWN', `there is no command ${quote(name)}`, {
          hint: near === undefined ? `${program.name} help lists the commands` : `did you mean ${near}?`,
        });
      }
      io.stdout((await entry.load()).help(program));
      return 0;
    },
  });
}
