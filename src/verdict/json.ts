import { canonicalize } from '#core/json/canonical';
import { plainJson } from '#core/json/plain';
import type { Verdict } from './verdict.ts';

/** The verdict as canonical JSON (RFC 8785) and a line feed: the same verdict is the same bytes. */
export function renderJson(verdict: Verdict): string {
  return `${canonicalize(plainJson(verdict))}\n`;
}
