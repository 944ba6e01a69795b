import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Aliases } from '../store/aliases.ts';
import { ContentHash, type ContentDigests } from '../store/content-hash.ts';
import type { Store, Stored } from '../store/store.ts';
import type { Web } from './web.ts';

/** Content that an input needs, and where it may be had. */
export interface Wanted {
  /** For people: a package URL or an address. */
  readonly name: string;
  /** What it is recognised by; all of them must hold. */
  readonly digests: ContentDigests;
  /** Where its bytes are not what is hashed (Go's `h1:`): the digest, and a check that throws CONTENT_MISMATCH. */
  readonly other?: {
    readonly algorithm: string;
    readonly hex: string;
    readonly check: (stored: Stored) => Promise<void>;
  };
  /** Files of this machine that may hold it. */
  readonly files: readonly string[];
  /** Addresses, asked one after the other until one has it. */
  readonly addresses: readonly Address[];
  /** In place of addresses, for what has a protocol of its own. */
  readonly ask?: (keep: Keep) => Promise<Stored>;
}

/** Puts content into the store, and checks it. */
export type Keep = (content: AsyncIterable<Uint8Array>) => Promise<Stored>;

/** An address, or how to find out. */
export type Address = URL | ((web: Web) => Promise<URL | undefined>);

export interface OriginOptions {
  readonly store: Store;
  readonly aliases: Aliases;
  /** Absent with `--offline`. */
  readonly web: Web | undefined;
  /** Called as it goes, with the octets that there are so far. */
  readonly progress: (bytes: number, more: string) => void;
}

/** How much came from where. */
export interface OriginCounts {
  readonly store: number;
  readonly machine: number;
  readonly network: number;
}

/** Brings content into the store: from the store itself, from this machine, from the network, in this order. */
export class Origins {
  readonly #options: OriginOptions;
  readonly #counts = { store: 0, machine: 0, network: 0 };
  readonly #missing: string[] = [];
  /** What several need is fetched once. */
  readonly #begun = new Map<string, Promise<Stored | undefined>>();
  #octets = 0;
  /** Octets of what is not yet whole. */
  #coming = 0;

  constructor(options: OriginOptions) {
    this.#options = options;
  }

  get counts(): OriginCounts {
    return { ...this.#counts };
  }

  get store(): Store {
    return this.#options.store;
  }

  /** Absent with `--offline`. */
  get web(): Web | undefined {
    return this.#options.web;
  }

  /**
   * @returns undefined where there is no network and it is not at hand: {@link checkComplete} refuses in the end
   * @throws RELEASE_INPUT_UNAVAILABLE, RELEASE_CONTENT_MISMATCH, ...
   */
  get(wanted: Wanted): Promise<Stored | undefined> {
    const key = keysOf(wanted).join();
    const begun = this.#begun.get(key) ?? this.#find(wanted);
    this.#begun.set(key, begun);
    return begun;
  }

  async #find(wanted: Wanted): Promise<Stored | undefined> {
    const known = await this.#fromStore(wanted);
    if (known !== undefined) return this.count('store', known);
    for (const file of wanted.files) {
      const found = await this.#fromFile(file, wanted);
      if (found !== undefined) return this.count('machine', found);
    }
    if (this.web === undefined) return this.miss(wanted.name);
    return this.count('network', await this.#fromNetwork(wanted, this.web));
  }

  /** Notes that something cannot be had without a network. */
  miss(name: string): undefined {
    this.#missing.push(name);
    return undefined;
  }

  /** Notes where something came from. */
  count<T extends Stored>(from: keyof OriginCounts, stored: T): T {
    this.#counts[from]++;
    this.#octets += stored.size;
    this.#tell();
    return stored;
  }

  /** @throws RELEASE_INPUT_UNAVAILABLE where anything was missing */
  checkComplete(): void {
    if (this.#missing.length === 0) return;
    const names = this.#missing.slice(0, 10).map((name) => name.slice(0, 200));
    const more = this.#missing.length - names.length;
    refuse(
      'RELEASE_INPUT_UNAVAILABLE',
      `without a network ${this.#missing.length} of the inputs are not at hand`,
      {
        expected: 'everything in the store of the work folder, or in a cache of this machine',
        found: `nothing of ${names.join(', ')}${more === 0 ? '' : `, and ${more} more`}`,
        hint: 'run edgeseal-release fetch once without --offline, with the same --work',
      },
    );
  }

  async #fromStore(wanted: Wanted): Promise<Stored | undefined> {
    const { store, aliases } = this.#options;
    for (const [algorithm, hex] of keysOf(wanted)) {
      const sha256 = algorithm === 'sha256' ? hex : await aliases.recall(algorithm, hex);
      if (sha256 === undefined) continue;
      const found = await ifSound(async () => this.#checked(wanted, await rehashed(store, sha256, wanted)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #fromFile(file: string, wanted: Wanted): Promise<Stored | undefined> {
    if (!(await isReadable(file))) return undefined;
    const keep = async (): Promise<Stored> => this.#keep(wanted, createReadStream(file));
    // A cache may be damaged. Where there is nothing else, it is said what is wrong with it.
    return wanted.addresses.length === 0 ? keep() : ifSound(keep);
  }

  async #fromNetwork(wanted: Wanted, web: Web): Promise<Stored> {
    const keep: Keep = async (content) => this.#keep(wanted, content);
    if (wanted.ask !== undefined) return wanted.ask(keep);
    for (const address of wanted.addresses) {
      const url = address instanceof URL ? address : await address(web);
      if (url === undefined) continue;
      const stored = await web.download(url, wanted.name, async ({ body }) => keep(body));
      if (stored !== undefined) return stored;
    }
    return refuse('RELEASE_INPUT_UNAVAILABLE', `${JSON.stringify(wanted.name.slice(0, 300))} is not there`, {
      expected: 'the content that the digest names',
      found: wanted.addresses.length === 0 ? 'no such file' : 'HTTP 404',
      hint: 'was it withdrawn? a copy is good too: the digest says whether it is one',
    });
  }

  async #keep(wanted: Wanted, content: AsyncIterable<Uint8Array>): Promise<Stored> {
    const { name, digests } = wanted;
    const stored = await this.#checked(
      wanted,
      await this.store.put(this.#watched(content), { name, digests }),
    );
    for (const [algorithm, hex] of keysOf(wanted))
      if (algorithm !== 'sha256') await this.#options.aliases.note(algorithm, hex, stored.sha256);
    return stored;
  }

  /** Says how far it is, also within one large file. */
  async *#watched(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      for await (const chunk of content) {
        length += chunk.length;
        this.#coming += chunk.length;
        this.#tell();
        yield chunk;
      }
    } finally {
      this.#coming -= length;
    }
  }

  #tell(): void {
    const { store, machine, network } = this.#counts;
    const more = `${store + machine + network} files, ${network} of them downloaded`;
    this.#options.progress(this.#octets + this.#coming, more);
  }

  async #checked(wanted: Wanted, stored: Stored): Promise<Stored> {
    await wanted.other?.check(stored);
    return stored;
  }
}

function keysOf({ digests, other }: Wanted): readonly (readonly [string, string])[] {
  const own = Object.entries(digests);
  return other === undefined ? own : [...own, [other.algorithm, other.hex]];
}

/** The stored bytes, by all their digests. */
async function rehashed(store: Store, sha256: string, { name, digests }: Wanted): Promise<Stored> {
  const hash = new ContentHash({ name, digests: { ...digests, sha256 } });
  for await (const chunk of store.stream(sha256)) hash.add(chunk);
  return hash.end();
}

const UNSOUND: ReadonlySet<string> = new Set(['RELEASE_CONTENT_MISMATCH', 'RELEASE_CONTENT_MISSING']);

/** Undefined where a copy is missing or damaged: another one may be sound. */
async function ifSound<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof EdgesealError && UNSOUND.has(error.code)) return undefined;
    throw error;
  }
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
