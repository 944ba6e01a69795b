import type { HttpResponse } from './http.ts';

/**
 * Milliseconds that the answer asks to wait: in seconds, or as a date, which is counted from the answer's own.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfter(response: Pick<HttpResponse, 'header'>): number | undefined {
  const text = response.header('retry-after')?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  const now = Date.parse(response.header('date') ?? '');
  return Number.isNaN(until) || Number.isNaN(now) ? undefined : Math.max(0, until - now);
}
