import type { PatternText } from '#core/policy/pattern';

/** A pattern that only this text fits, also where it holds a `*`. */
export function literal(text: string): PatternText {
  return text.includes('*') ? { regexp: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') } : text;
}
