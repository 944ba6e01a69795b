import { bundleEnvelope } from '#core/bundle/bundle-envelope';
import { LogClient } from '#core/bundle/log-client';
import { entriesByIndex } from '#core/bundle/log-tiles';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import type { EvidenceFixture } from '../sigstore/make-evidence.ts';
import { trustOf } from '../sigstore/trust.ts';
import type { Answering } from './log.ts';
import { logNetwork } from './network.ts';

/** Evidence without log entry as a bundle with its entry of a tiled log: what `evidence import` writes. */
export async function completed(
  fixture: EvidenceFixture,
  log: Answering,
  index: number,
): Promise<EvidenceFixture> {
  const host = 'log.example';
  const { http, clock } = logNetwork({ [host]: log });
  const client = new LogClient({ url: new URL(`https://${host}`), fetch: http({}), clock, timeout: 4000 });
  const [item] = parseEvidence(fixture.bytes, 'bare');
  const bare = item && bareEnvelope(item);
  const trust = trustOf(fixture);
  if (bare === undefined || trust.root === undefined) throw new Error('no envelope, or no root');
  const { envelope, keyHint, timestamps, source: name } = bare;
  const candidates = (await entriesByIndex(client, [index], trust.root)).map((entry) => [entry]);
  const [line = ''] = bundleEnvelope({ envelope, name, keyHint, candidates, timestamps, trust });
  return { ...fixture, bytes: Buffer.from(line) };
}
