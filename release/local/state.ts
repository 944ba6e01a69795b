import { refuse } from '#core/errors/error';
import { readPemBlocks } from '#core/crypto/pem';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { pem } from './der.ts';
import { diskStore, memoryStore, type Store } from './store.ts';

/** What the services keep. */
export interface State {
  readonly store: Store;
  /** The port that they had before. */
  readonly port: number | undefined;
  /** When they were first started: from then on their keys are good. */
  readonly start: Date;
}

const DOCUMENT = 'local.json';

/**
 * Opens the state in a folder, or a new one in memory.
 * @throws LOCAL_STATE_INVALID
 */
export function openState(folder: string | undefined, now: Date): State {
  try {
    const store = folder === undefined ? memoryStore() : diskStore(folder);
    const bytes = store.read(DOCUMENT);
    if (bytes === undefined) return { store, port: undefined, start: new Date(now.getTime() - 60_000) };
    const document = parseJsonBytes(bytes, DOCUMENT);
    const port = isObject(document) ? member(document, 'port') : undefined;
    const start = isObject(document) ? member(document, 'start') : undefined;
    if (typeof port !== 'number' || typeof start !== 'string' || Number.isNaN(Date.parse(start)))
      throw new Error(`${DOCUMENT} has no port or no start`);
    return { store, port, start: new Date(start) };
  } catch (cause) {
    return refuse('LOCAL_STATE_INVALID', 'the state of the local services cannot be read', {
      expected: 'an empty folder, or one that an earlier call wrote',
      found: cause instanceof Error ? cause.message : undefined,
      hint: 'name another folder with --state, or delete this one to begin anew',
      cause,
    });
  }
}

/** Keeps the port for the next time. */
export function rememberPort({ store, start }: State, port: number): void {
  store.write(DOCUMENT, Buffer.from(JSON.stringify({ port, start: start.toISOString() })));
}

/** Certificates that the state has by a name, else those that are made now. DER. */
export function keptChain(
  store: Store,
  name: string,
  make: () => readonly Uint8Array[],
): readonly Uint8Array[] {
  const file = `${name}.pem`;
  const kept = store.read(file);
  if (kept !== undefined) return readPemBlocks(kept.toString('latin1'), file).map(({ der }) => der);
  const chain = make();
  store.write(file, Buffer.from(chain.map((der) => pem('CERTIFICATE', der)).join('')));
  return chain;
}
