/** How Go walks through a text with a regular expression. */

import type { Regexp, Span } from './regexp-engine.ts';

const runeLength = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** What a span of a text holds, nothing for a group without a part. */
export const textOf = (text: string, span: Span | undefined): string =>
  span === undefined || span.start < 0 ? '' : text.slice(span.start, span.end);

/** At most `limit` places without overlap (all below 0); an empty one does not touch the one before it. */
export function findAll(regexp: Regexp, text: string, limit: number): readonly (readonly Span[])[] {
  const found: (readonly Span[])[] = [];
  let previousEnd = -1;
  const most = limit < 0 ? Infinity : limit;
  for (let at = 0; at <= text.length && found.length < most;) {
    const spans = regexp.find(text, at);
    const whole = spans?.[0];
    if (spans === undefined || whole === undefined) break;
    const isEmptyHere = whole.end === at;
    if (!isEmptyHere || whole.start !== previousEnd) found.push(spans);
    at = isEmptyHere ? at + runeLength(text, at) : whole.end;
    previousEnd = whole.end;
  }
  return found;
}

/** The text with each place replaced by what `by` makes of it. */
export function replaceAll(regexp: Regexp, text: string, by: (spans: readonly Span[]) => string): string {
  let result = '';
  let lastEnd = 0;
  for (let at = 0; at <= text.length;) {
    const spans = regexp.find(text, at);
    const whole = spans?.[0];
    if (spans === undefined || whole === undefined) break;
    result += text.slice(lastEnd, whole.start);
    if (whole.end > lastEnd || whole.start === 0) result += by(spans);
    lastEnd = whole.end;
    at = Math.max(whole.end, at + runeLength(text, at));
  }
  return result + text.slice(lastEnd);
}

/** Go's Regexp.Expand: `$1`, `${1}`, `$name`, `${name}`, `$$`; an unknown one is empty. */
export function expand(template: string, regexp: Regexp, text: string, spans: readonly Span[]): string {
  // Its classes take a while to compile: it is made only here.
  const reference = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;
  return template.replaceAll(reference, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return whole.slice(1);
    if (!/^(?:0|[1-9][0-9]*)$/.test(name))
      return textOf(text, spans[regexp.groupNames().indexOf(name) + 1 || spans.length]);
    return Number(name) < 1e8 ? textOf(text, spans[Number(name)]) : '';
  });
}
