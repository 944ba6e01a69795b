import { fromBase64 } from '#core/bytes/base64';
import { toHex } from '#core/bytes/hex';
import { EdgesealError } from '#core/errors/error';
import type { ContentDigests } from '../../store/content-hash.ts';

/** Octets of the digests that are strong enough, the strongest first. */
const STRONG = [
  ['sha512', 64],
  ['sha384', 48],
  ['sha256', 32],
] as const;

/**
 * The digest that an `integrity` states: the strongest one, as npm takes it.
 * @returns undefined where there is no strong one, or more than one of the strongest kind
 * @see https://www.w3.org/TR/SRI/#the-integrity-attribute
 */
export function parseIntegrity(text: string): ContentDigests | undefined {
  const parts = text.split(/[\t\n\f\r ]+/).filter((part) => part !== '');
  for (const [algorithm, size] of STRONG) {
    const of = parts.filter((part) => part.startsWith(`${algorithm}-`));
    const [first] = of;
    if (first === undefined) continue;
    if (new Set(of).size > 1) return undefined;
    const hex = hexOf(first.slice(algorithm.length + 1).replace(/\?.*$/, ''));
    return hex.length === size * 2 ? { [algorithm]: hex } : undefined;
  }
  return undefined;
}

/** Empty where it is not canonical base64. */
function hexOf(base64: string): string {
  try {
    return toHex(fromBase64(base64));
  } catch (error) {
    if (error instanceof EdgesealError) return '';
    throw error;
  }
}
