import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { searchLog } from '#core/bundle/search-log';
import { reasonOf } from '#core/errors/error';
import type { ReasonCode } from '#core/errors/codes';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { examine } from '#core/verify/examine';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import { sha256 } from '../sigstore/keys.ts';
import { makeGeneratorEvidence, type EvidenceFixture } from '../sigstore/make-evidence.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';
import { logEntryOf, rekorEntry, type RekorEntry } from './entry.ts';
import { RekorLog } from './log.ts';
import { impatientNetwork } from './network.ts';
import { serve, type LogServer, type WireFault } from './server.ts';

export const bare = makeGeneratorEvidence({ format: 'envelope' });
export const logged = makeGeneratorEvidence();
export const { sha256: artifact } = bare.artifact.digests;
export const payload = sha256(bare.payload ?? Buffer.alloc(0)).toString('hex');
export const honest = (): RekorEntry => rekorEntry(logEntryOf(logged));

/** A log of Rekor v1, as its clients see it. */
export class LogSearch {
  log = new RekorLog();
  wire: WireFault = () => false;
  server!: LogServer;

  constructor() {
    beforeAll(async () => {
      this.server = await serve({ answer: (path, body) => this.log.answer(path, body) }, (...all) =>
        this.wire(...all),
      );
    });
    afterAll(() => this.server.stop());
    afterEach(() => {
      this.log = new RekorLog();
      this.wire = () => false;
    });
  }

  /** The code for which the envelope gets no bundle; `pass` where it gets one that verifies. */
  async outcome(fixture: EvidenceFixture = bare, timeout = 4000): Promise<ReasonCode | 'pass'> {
    const network = impatientNetwork(timeout < 4000 ? 200 : 4000);
    const client = new LogClient({
      url: new URL(this.server.url),
      fetch: network.http({}),
      clock: network.clock,
      timeout,
    });
    const [item] = parseEvidence(fixture.bytes, 'bare.jsonl');
    const unproved = item && bareEnvelope(item);
    if (unproved === undefined) throw new Error('no envelope');
    const { envelope, bytes, keyHint, timestamps, source: name } = unproved;
    const trust = trustOf(fixture);
    try {
      const found = await searchLog(client, { envelope, bytes, artifacts: [artifact] });
      const candidates = found.map((entry) => [entry]);
      const [line = ''] = bundleEnvelope({ envelope, name, keyHint, candidates, timestamps, trust });
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
