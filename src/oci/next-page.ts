/**
 * The path of the next page by the header `Link: <...>; rel="next"`; only within the list that was asked for.
 * @param list the path of the list
 */
export function nextPage(header: string | undefined, list: string): string | undefined {
  for (const [, target, parameters] of (header ?? '').slice(0, 8192).matchAll(/<([^<>]*)>([^<>]*)/g)) {
    if (target === undefined || parameters === undefined || !/;\s*rel="?next"?/i.test(parameters)) continue;
    const base = new URL(list, 'http://registry.invalid');
    const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
    if (url?.pathname !== base.pathname) return undefined;
    return url.pathname + url.search;
  }
  return undefined;
}
