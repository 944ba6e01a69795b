/** Whether a host is this machine, so that nothing on the way can read or change what is said to it. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

/** What connections without TLS are allowed to. */
export interface HttpRule {
  /** `--allow-http-registry`: to any host. */
  readonly allowHttp: boolean;
}

/**
 * The addresses at which a registry may answer, best first: TLS everywhere but on this machine, where it comes
 * second.
 */
export function originsOf(registry: string, { allowHttp }: HttpRule): readonly [URL, URL?] {
  const secure = new URL(`https://${registry}`);
  const plain = new URL(`http://${registry}`);
  if (isLoopback(secure.hostname)) return [plain, secure];
  return allowHttp ? [secure, plain] : [secure];
}

/** Whether a request to the registry may go on to another address: by TLS, or staying on this machine. */
export function mayFollow(registry: URL, next: URL, { allowHttp }: HttpRule): boolean {
  if (next.username !== '' || next.password !== '') return false;
  if (next.protocol === 'https:') return true;
  if (next.protocol !== 'http:') return false;
  return allowHttp || (isLoopback(registry.hostname) && isLoopback(next.hostname));
}
