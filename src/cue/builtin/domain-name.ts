import { BuiltinError } from './builtin.ts';

const MAX_NAME = 253;
const MAX_LABEL = 63;

/**
 * Whether a text is a domain name to golang.org/x/net/idna with its labels and lengths checked.
 *
 * @throws BuiltinError `unsupported` for a label in Punycode: its letters would need Unicode's tables
 */
export function isDomainName(text: string): boolean {
  if (text === '' || /\P{ASCII}/u.test(text)) return false;
  const length = text.endsWith('.') ? text.length - 1 : text.length;
  if (length > MAX_NAME) return false;
  return labelsOf(text).every(isLabel);
}

/** The last one is left out where it is empty; of two empty ones at the end, both. */
function labelsOf(text: string): readonly string[] {
  const labels = text.split('.');
  if (labels.at(-1) !== '') return labels;
  return labels.length > 2 && labels.at(-2) === '' ? labels.slice(0, -2) : labels.slice(0, -1);
}

function isLabel(label: string): boolean {
  if (label.startsWith('xn--')) throw new BuiltinError('a domain name in Punycode', 'unsupported');
  if (label === '' || label.length > MAX_LABEL) return false;
  return !label.startsWith('-') && !label.endsWith('-') && !(label.length > 4 && label.startsWith('--', 2));
}
