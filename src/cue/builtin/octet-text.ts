/** Octets as a text of the same length, a code unit each: for grammars of ASCII over what may be no UTF-8. */

import { fromUtf8 } from './rune.ts';

export const octetText = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');

/** Back to octets, and these as text. */
export const textOfOctets = (text: string): string => fromUtf8(Buffer.from(text, 'latin1'));
