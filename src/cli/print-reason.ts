import type { Reason } from '#core/errors/reason';
import { escapeControls } from '#core/verdict/escape';
import { isFlag, placesText } from '#core/verdict/reasons';

/** A reason for people: what was expected, what was found, where, what to do next. */
export function formatReason(reason: Reason, indent = ''): string {
  const { at } = reason;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['expected', reason.expected],
    ['found', reason.found],
    ['where', reason.path],
    [at !== undefined && isFlag(at) ? 'asked by' : 'at', placesText(reason)],
    ['next', reason.hint],
  ];
  let out = `${indent}${reason.code}: ${escapeControls(reason.message)}\n`;
  for (const [label, value] of rows) {
    if (value !== undefined && value !== '')
      out += `${indent}  ${`${label}:`.padEnd(10)}${escapeControls(value)}\n`;
  }
  return out;
}
