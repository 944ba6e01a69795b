import type { HttpResponse } from './http.ts';

/** How somebody's redirects are followed. */
export interface RedirectRule {
  /** Redirects at most. */
  readonly most: number;
  readonly statuses: ReadonlySet<number>;
  /** Whether a request may go on there. */
  readonly mayFollow: (next: URL) => boolean;
  /** Says no. @param next undefined where the answer names no address */
  readonly elsewhere: (next: URL | undefined, location: string) => never;
  readonly again: () => never;
}

export interface Followed {
  readonly response: HttpResponse;
  /** Who answered in the end. */
  readonly url: URL;
}

/** Redirects of a question without a body. */
export const REDIRECTED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Those that keep method and body. */
export const KEPT: ReadonlySet<number> = new Set([307, 308]);

/**
 * Sends a request on as long as the answers say to and the rule allows it. What goes along to whom is for `send`
 * to decide, each time.
 */
export async function followRedirects(
  start: URL,
  rule: RedirectRule,
  send: (url: URL) => Promise<HttpResponse>,
): Promise<Followed> {
  let url = start;
  for (let hop = 0; hop <= rule.most; hop++) {
    const response = await send(url);
    const location = response.header('location');
    if (!rule.statuses.has(response.status) || location === undefined) return { response, url };
    response.discard();
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next === undefined || !rule.mayFollow(next)) return rule.elsewhere(next, location);
    url = next;
  }
  return rule.again();
}
