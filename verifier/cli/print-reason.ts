import type { Reason } from '#core/errors/reason';

/**
 * A reason for people: what, expected, found, where, what next. Whatever came from outside was quoted by who
 * made the reason; control characters that are left are shown as escapes.
 */
export function formatReason(reason: Reason, indent = ''): string {
  const at = reason.at === undefined ? undefined : `${reason.at.file}:${reason.at.line}:${reason.at.column}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['expected', reason.expected],
    ['found', reason.found],
    ['in', reason.path],
    ['asked by', at],
    ['next', reason.hint],
  ];
  let out = `${indent}${reason.code}: ${printable(reason.message)}\n`;
  for (const [label, value] of rows) {
    if (value !== undefined) out += `${indent}  ${`${label}:`.padEnd(10)}${printable(value)}\n`;
  }
  return out;
}

/** Text without control characters: no terminal escape of an attestation reaches the terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
