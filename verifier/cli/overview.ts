import { commands } from './commands.ts';
import { EXIT_CODES } from './help.ts';

/** What `edgeseal` alone says. */
export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return [
    'Usage: edgeseal COMMAND [flags] [ARGUMENT...]',
    'Verifies where software comes from: attestations, provenance, policies.',
    `Commands:\n${list.join('\n')}`,
    `Exit codes:\n${EXIT_CODES.map((line) => `  ${line}`).join('\n')}`,
    'edgeseal COMMAND --help says more about each command.\n',
  ].join('\n\n');
}
