/** What the header `Link: <...>; rel="next"` names. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function nextTarget(header: string | undefined): string | undefined {
  for (const [, target, parameters] of (header ?? '').slice(0, 8192).matchAll(/<([^<>]*)>([^<>]*)/g)) {
    if (parameters !== undefined && /;\s*rel="?next"?/i.test(parameters)) return target;
  }
  return undefined;
}

/**
 * The path of the next page by the header `Link`; only within the list that was asked for.
 * @param list the path of the list
 */
export function nextPage(header: string | undefined, list: string): string | undefined {
  const target = nextTarget(header);
  if (target === undefined) return undefined;
  const base = new URL(list, 'http://registry.invalid');
  const url = URL.canParse(target, base) ? new URL(target, base) : undefined;
  return url?.pathname === base.pathname ? url.pathname + url.search : undefined;
}
