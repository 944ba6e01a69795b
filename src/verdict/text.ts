import type { Reason } from '#core/errors/reason';
import { escapeControls } from './escape.ts';
import { placesText } from './reasons.ts';
import type { ConsideredAttestation, Outcome, RequirementVerdict, Verdict } from './verdict.ts';

export interface TextOptions {
  /** What will be enforced, one criterion a line: what describePolicy says. */
  readonly criteria?: readonly string[] | undefined;
  /** ANSI colours (default: none). */
  readonly color?: boolean | undefined;
  /** Columns to fold at (default 100); a word that is longer is never cut. */
  readonly width?: number | undefined;
}

const WORDS: Readonly<Record<Outcome, string>> = { pass: 'PASSED', fail: 'REFUSED', error: 'UNDECIDED' };
const COLORS: Readonly<Record<Outcome, string>> = {
  pass: '\u001b[32m',
  fail: '\u001b[31m',
  error: '\u001b[33m',
};
const RESET = '\u001b[0m';

/** The verdict for people: the criteria, the answer, and for each requirement and attestation why. */
export function renderText(
  verdict: Verdict,
  { criteria = [], color = false, width = 100 }: TextOptions = {},
): string {
  const lines: string[] = [];
  const word = (outcome: Outcome): string =>
    color ? `${COLORS[outcome]}${WORDS[outcome]}${RESET}` : WORDS[outcome];
  const write = (indent: number, label: string, text: string): void => {
    lines.push(...fold(`${' '.repeat(indent)}${label}`, escapeControls(text), width));
  };
  if (criteria.length > 0) {
    lines.push('Criteria:');
    for (const criterion of criteria) write(2, '- ', criterion);
    lines.push('');
  }
  const warns =
    verdict.policy.mode === 'warn' && verdict.outcome !== 'pass' ? ' (the policy only warns)' : '';
  lines.push(`${word(verdict.outcome)}: ${escapeControls(verdict.artifact.name)}${warns}`);
  for (const [algorithm, value] of Object.entries(verdict.artifact.digests))
    write(2, '', `${algorithm}:${value}`);
  write(2, 'policy: ', `${verdict.policy.name} (sha256:${verdict.policy.digest})`);
  for (const reason of verdict.reasons) writeReason(reason, 2, write);
  for (const requirement of verdict.requirements) {
    lines.push('', `${word(requirement.outcome)}: ${escapeControls(requirement.name)}`);
    writeRequirement(requirement, write, word, (line) => lines.push(line));
  }
  return `${lines.join('\n')}\n`;
}

type Write = (indent: number, label: string, text: string) => void;

function writeRequirement(
  requirement: RequirementVerdict,
  write: Write,
  word: (outcome: Outcome) => string,
  push: (line: string) => void,
): void {
  if (requirement.cueCompat === 'cosign')
    write(2, 'as cosign: ', 'what its CUE policy constrains may be absent (--cue-compat=cosign)');
  for (const reason of requirement.reasons) writeReason(reason, 2, write);
  for (const attestation of requirement.attestations) {
    push(`  ${word(attestation.outcome)}: ${escapeControls(attestation.source)}`);
    writeAttestation(attestation, write);
    for (const reason of attestation.reasons) writeReason(reason, 4, write);
    const { safeMode } = attestation;
    if (safeMode === undefined) continue;
    push(`    in safe mode: ${word(safeMode.outcome)}`);
    for (const reason of safeMode.reasons) writeReason(reason, 6, write);
  }
}

function writeAttestation(
  { predicateType, signer, issuer, times }: ConsideredAttestation,
  write: Write,
): void {
  if (predicateType !== undefined) write(4, 'type: ', predicateType);
  if (signer !== undefined)
    write(4, 'signer: ', issuer === undefined ? signer : `${signer} (vouched for by ${issuer})`);
  for (const { time, authority } of times) write(4, 'time: ', `${time}, says ${authority}`);
}

/** What was expected, what was found, where in the policy and in the document, what to do next. */
function writeReason(reason: Reason, indent: number, write: Write, label = `${reason.code}: `): void {
  const { message, expected, found, path, hint, alternatives = [] } = reason;
  const places = placesText(reason);
  write(indent, label, message);
  if (expected !== undefined) write(indent + 2, 'expected: ', expected);
  if (found !== undefined) write(indent + 2, 'found:    ', found);
  if (path !== undefined) write(indent + 2, 'where:    ', path);
  if (places !== undefined) write(indent + 2, 'asked by: ', places);
  if (hint !== undefined) write(indent + 2, 'next:     ', hint);
  for (const one of alternatives) writeReason(one, indent + 2, write, 'not this: ');
}

/** Folds at spaces; the lines after the first are indented under the text. */
function fold(prefix: string, text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = prefix;
  let isEmpty = true;
  for (const part of text.split(' ')) {
    if (!isEmpty && line.length + 1 + part.length > width) {
      lines.push(line);
      line = `${' '.repeat(prefix.length)}${part}`;
    } else line += isEmpty ? part : ` ${part}`;
    isEmpty = false;
  }
  return [...lines, line];
}
