import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import { retryAfter } from '#core/oci/retry-after';

const ANSWERED = 'http.client.response.finish';

/** What the last answer of a host asked for that asked for anything, as long as it is watched. */
export interface RetryAfterWatch extends Disposable {
  /** Milliseconds. */
  readonly after: number | undefined;
}

/**
 * Watches the answers of a service for `Retry-After`: @sigstore/sign keeps it to itself, but every answer that Node's
 * HTTP client gets is told on a channel.
 */
export function watchRetryAfter(url: string): RetryAfterWatch {
  const { host } = new URL(url);
  let after: number | undefined;
  const listen = (message: unknown): void => {
    if (
      typeof message !== 'object' ||
      message === null ||
      !('request' in message) ||
      !('response' in message)
    )
      return;
    const { request, response } = message;
    if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
    if (request.getHeader('host') !== host) return;
    const header = (name: string): string | undefined => {
      const value = response.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    // Others may be answered meanwhile: what asks for nothing does not take back what was asked for.
    after = retryAfter({ header }) ?? after;
  };
  subscribe(ANSWERED, listen);
  return {
    get after() {
      return after;
    },
    [Symbol.dispose]: () => {
      unsubscribe(ANSWERED, listen);
    },
  };
}
