import type { CommandSpec } from './command.ts';
import type { Program } from './program.ts';
import { wrap } from './wrap.ts';
import { withHelp, type FlagSpec, type FlagTable } from './flags.ts';

type Helped = Omit<CommandSpec<FlagTable>, 'run'>;

/** A command's help: usage, what it does, flags, examples, exit codes. */
export function renderHelp(program: Program, spec: Helped): string {
  const sections = [
    `Usage: ${program.name} ${spec.name} ${spec.usage}`.trimEnd(),
    spec.about.map((paragraph) => wrap(paragraph, 0)).join('\n\n'),
    `Flags:\n${flagList(withHelp(spec.flags))}`,
    `Examples:\n${spec.examples.map((example) => `  # ${example.about}\n  ${example.command}`).join('\n\n')}`,
    `Exit codes:\n${program.exitCodes.map((line) => `  ${line}`).join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function flagList(table: FlagTable): string {
  const lines: string[] = [];
  for (const [name, spec] of Object.entries(table)) {
    lines.push(`  ${flagHead(name, spec)}`, wrap(spec.about + flagNotes(spec), 6));
  }
  return lines.join('\n');
}

function flagHead(name: string, spec: FlagSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  return `${short}--${name}${spec.kind === 'switch' ? '' : ` ${spec.value ?? 'VALUE'}`}`;
}

function flagNotes(spec: FlagSpec): string {
  const notes = [
    ...(spec.required === true ? ['required'] : []),
    ...(spec.kind === 'texts' ? ['may be repeated'] : []),
    ...(spec.oneOf === undefined ? [] : [`one of ${spec.oneOf.join(', ')}`]),
  ];
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
}
