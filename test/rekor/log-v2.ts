import type { BundleJson } from '../sigstore/bundle.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { TiledLog, type TiledLogOptions } from '../sigstore/tiled-log.ts';
import { makeWorld } from '../sigstore/world.ts';
import { logEntryOf } from './entry.ts';
import type { Answer, Answering } from './log.ts';

const PREFIX = '/api/v2/';

/** What Rekor v2 serves to who reads: checkpoint and tiles. It has no search. */
export class RekorV2Log implements Answering {
  /** Paths, as they were asked. */
  readonly asked: string[] = [];
  /** Takes over an answer; undefined leaves it to the log. */
  fault: ((path: string) => Answer | undefined) | undefined;
  readonly #tree: TiledLog;

  constructor(tree: TiledLog) {
    this.#tree = tree;
  }

  answer(path: string): Answer {
    this.asked.push(path);
    const faulty = this.fault?.(path);
    if (faulty !== undefined) return faulty;
    const bytes = path.startsWith(PREFIX) ? this.#tree.resource(path.slice(PREFIX.length)) : undefined;
    if (bytes === undefined) return { status: 404, body: '{"code":5}' };
    const type = path.endsWith('checkpoint') ? 'text/plain; charset=utf-8' : 'application/octet-stream';
    return { status: 200, headers: { 'content-type': type }, body: bytes };
  }
}

/** What the log of an instance holds of evidence. */
export const bodyOf = (options: EvidenceOptions): Buffer =>
  Buffer.from(logEntryOf(makeEvidence({ ...options, log: 'rekor-v2' })).canonicalizedBody, 'base64');

/** Leaves a bundle as it was before it was logged. */
export function withoutEntry({ verificationMaterial }: BundleJson): void {
  delete verificationMaterial.tlogEntries;
}

/** A log of the usual instance with entries at some indices, 600 in all. */
export function tiledLog(
  entries: Readonly<Record<number, Buffer>>,
  options: Partial<TiledLogOptions> = {},
): TiledLog {
  const placed = new Map(Object.entries(entries).map(([index, body]) => [Number(index), body]));
  return new TiledLog(makeWorld().rekorV2, { size: 600, ...options, entries: placed });
}
