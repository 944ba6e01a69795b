import { canonicalize } from '#core/json/canonical';
import type { JsonValue } from '#core/json/value';
import type { Verdict } from './verdict.ts';

/** The verdict as canonical JSON (RFC 8785) and a line feed: the same verdict is the same bytes. */
export function renderJson(verdict: Verdict): string {
  return `${canonicalize(toJson(verdict))}\n`;
}

/** A verdict holds nothing but JSON; what is undefined in it is left out. */
function toJson(verdict: Verdict): JsonValue {
  return verdict as unknown as JsonValue;
}
