import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';
import type { ReasonCode } from '#core/errors/codes';
import { reasonOf } from '#core/errors/error';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import { makeEvidence, type EvidenceFixture } from '../sigstore/make-evidence.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from './log-v2.ts';
import { impatientNetwork } from './network.ts';
import { serve, type LogServer, type WireFault } from './server.ts';

export const KEY = { signer: 'key' } as const;
/** A bare envelope by a key; the bundle of a certificate, with its timestamp and without its entry. */
export const bare = makeEvidence({ ...KEY, format: 'envelope' });
export const unlogged = makeEvidence({ log: 'rekor-v2', edit: withoutEntry });
export const body = bodyOf(KEY);
export const INDEX = 300;
export const honest = tiledLog({ [INDEX]: body });

interface Asked {
  readonly fixture?: EvidenceFixture;
  readonly indices?: readonly number[];
  readonly timeout?: number;
  /** Another address for the same server. */
  readonly url?: string;
}

/** A tiled log, as its clients see it. */
export class TiledSearch {
  log = new RekorV2Log(honest);
  wire: WireFault = () => false;
  server!: LogServer;

  constructor() {
    beforeAll(async () => {
      this.server = await serve({ answer: (path) => this.log.answer(path) }, (...all) => this.wire(...all));
    });
    afterAll(() => this.server.stop());
    afterEach(() => {
      this.log = new RekorV2Log(honest);
      this.wire = () => false;
    });
  }

  /** The code for which the evidence gets no bundle; `pass` where it gets one that verifies. */
  async outcome(asked: Asked = {}): Promise<ReasonCode | 'pass'> {
    const { fixture = bare, indices = [INDEX], timeout = 4000, url = this.server.url } = asked;
    const network = impatientNetwork(timeout < 4000 ? 200 : 4000);
    const fetch = network.http({});
    const client = new LogClient({ url: new URL(url), fetch, clock: network.clock, timeout });
    const [item] = parseEvidence(fixture.bytes, 'bare.jsonl');
    const trust = trustOf(fixture);
    const unproved = item && bareEnvelope(item);
    if (unproved === undefined || trust.root === undefined) throw new Error('no envelope, or no root');
    const { envelope, keyHint, timestamps } = unproved;
    try {
      const candidates = (await entriesByIndex(client, indices, trust.root)).map((entry) => [entry]);
      const [line = ''] = bundleEnvelope({ envelope, name: 'bare', keyHint, candidates, timestamps, trust });
      const [made] = parseEvidence(Buffer.from(line), 'made');
      if (made === undefined) throw new Error('no bundle');
      return examine(made, artifactOf(fixture), trust).failure?.code ?? 'pass';
    } catch (error) {
      const { code, message } = reasonOf(error);
      if (code === 'INTERNAL_ERROR') throw error;
      expect(message.length).toBeLessThan(300);
      return code;
    }
  }
}
