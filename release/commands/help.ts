import { helpCommand } from '#core/cli/help-command';
import { program } from '../program.ts';

export const command = helpCommand(program, {
  about: 'What plan does',
  command: 'edgeseal-release help plan',
});
