import { openKeyRing, keyIdOf, type KeyRing } from '../../release/local/key-ring.ts';
import type { LocalAnswer } from '../../release/local/service.ts';
import { makeServices, type Services } from '../../release/local/services.ts';
import { memoryStore, type Store } from '../../release/local/store.ts';

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** All services without a socket, at a time that stands still. */
export class InProcess {
  readonly services: Services;
  readonly keys: KeyRing;
  readonly kid: string;
  now: Date;

  constructor(store: Store = memoryStore(), now = new Date('2026-03-01T12:00:00.250Z')) {
    this.now = now;
    const start = new Date(now.getTime() - 60_000);
    this.services = makeServices(4711, { store, port: 4711, start }, () => this.now);
    this.keys = openKeyRing(store);
    this.kid = keyIdOf(this.keys.key('issuer').spki);
  }

  ask(path: string, { method, headers = {}, body }: Asking = {}): LocalAnswer & { readonly text: string } {
    const url = new URL(path, 'http://127.0.0.1:4711');
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
    const answer = this.services
      .route({
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        path: url.pathname,
        query: url.searchParams,
        headers: { 'content-type': 'application/json', ...headers },
        body: body === undefined ? Buffer.alloc(0) : bytes,
      })
      ?.answer();
    if (answer === undefined) throw new Error(`nothing is served at ${path}`);
    return { ...answer, text: Buffer.from(answer.body).toString('utf8') };
  }

  /** The answer's JSON, where it is the status. */
  json(path: string, asking: Asking = {}, status = 200): Record<string, unknown> {
    const answer = this.ask(path, asking);
    if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`);
    const value: Record<string, unknown> = JSON.parse(answer.text);
    return value;
  }
}
