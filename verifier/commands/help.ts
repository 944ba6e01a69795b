import { helpCommand } from '#core/cli/help-command';
import { program } from '../cli/program.ts';

export const command = helpCommand(program, {
  about: 'What verify-artifact does',
  command: 'edgeseal help verify-artifact',
});
