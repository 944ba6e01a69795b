import type { Program } from './program.ts';

/** What a program says that is called without a command. */
export function overview({ name, about, commands, exitCodes }: Program): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  const list = commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`);
  return [
    `Usage: ${name} COMMAND [flags] [ARGUMENT...]`,
    about,
    `Commands:\n${list.join('\n')}`,
    `Exit codes:\n${exitCodes.map((line) => `  ${line}`).join('\n')}`,
    `${name} COMMAND --help says more about each command.\n`,
  ].join('\n\n');
}
