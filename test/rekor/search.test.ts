import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { bareEnvelope } from '../../verifier/inputs/log-search.ts';
import type { EntryKind } from '../sigstore/log-body.ts';
import { canonicalJson, type Json } from '../sigstore/json.ts';
import { sha256 } from '../sigstore/keys.ts';
import { makeGeneratorEvidence, signingTime } from '../sigstore/make-evidence.ts';
import { logEntry } from '../sigstore/rekor.ts';
import { changes } from './changes.ts';
import { logEntryOf, rekorEntry, uuidOf, type RekorEntry } from './entry.ts';
import { RekorLog } from './log.ts';
import { withoutEntry } from './log-v2.ts';
import { bare, logged, payload, honest, artifact, LogSearch } from './log-search.ts';

const rekor = new LogSearch();

describe('an entry that the log has', () => {
  test.each([
    ['the digest of the payload', payload],
    ['the digest of the artifact', artifact],
    ['the digest of the envelope', sha256(bare.bytes).toString('hex')],
  ])('is found by %s', async (_, key) => {
    rekor.log.add(honest(), [key]);
    expect(await rekor.outcome()).toBe('pass');
    expect(rekor.log.asked.map(({ path }) => path)).toEqual([
      '/api/v1/log/entries/retrieve',
      ...Array.from({ length: 3 }, () => '/api/v1/index/retrieve'),
      '/api/v1/log/entries/retrieve',
    ]);
  });
  test.each<EntryKind>(['dsse/0.0.1', 'intoto/0.0.1', 'intoto/0.0.2'])('of kind %s', async (entry) => {
    const { json: _, ...rest } = bare;
    rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ entry }))), [artifact]);
    expect(await rekor.outcome({ ...rest, json: bare.json })).toBe('pass');
  });
  test.each(['dsse', 'intoto'])(
    'is found by what its signer proposed (%s), without the index',
    async (kind) => {
      const { world } = bare;
      const [signature] = 'signatures' in bare.json ? bare.json.signatures : [];
      const verifier = Buffer.from(signature?.cert ?? '').toString('base64');
      const hash = (value: string): Json => ({ algorithm: 'sha256', value });
      const envelopeHash = hash(sha256(bare.bytes).toString('hex'));
      const spec: Json =
        kind === 'dsse'
          ? {
              envelopeHash,
              payloadHash: hash(payload),
              signatures: [{ signature: signature?.sig ?? '', verifier }],
            }
          : { content: { hash: envelopeHash, payloadHash: hash(payload) }, publicKey: verifier };
      const body = Buffer.from(canonicalJson({ apiVersion: '0.0.1', kind, spec }));
      const name = kind === 'dsse' ? 'dsse/0.0.1' : 'intoto/0.0.1';
      rekor.log.add(rekorEntry(logEntry(world.rekorV1, { kind: name, body, time: signingTime })), []);
      expect(await rekor.outcome()).toBe('pass');
    },
  );
  test('is found among those of others', async () => {
    for (let i = 0; i < 12; i++)
      rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ seed: `other ${i}` }))), [artifact]);
    rekor.log.add(honest(), [artifact, payload]);
    expect(await rekor.outcome()).toBe('pass');
  });
  test('gives the certificate that an envelope lacks', async () => {
    const fixture = makeGeneratorEvidence({
      format: 'envelope',
      editEnvelope: ({ signatures }) => signatures.forEach((signature) => delete signature.cert),
    });
    rekor.log.add(honest(), [payload]);
    expect(await rekor.outcome(fixture)).toBe('pass');
    expect(rekor.log.asked[0]?.path).toBe('/api/v1/index/retrieve');
  });
  test('names a signer who did not sign an envelope without certificate', async () => {
    const fixture = makeGeneratorEvidence({ signer: 'key', format: 'envelope' });
    rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ seed: 'other' }))), [payload]);
    expect(await rekor.outcome(fixture)).toBe('LOG_ENTRY_MISMATCH');
  });
  test('is of a plain key', async () => {
    const fixture = makeGeneratorEvidence({ signer: 'key', format: 'envelope' });
    rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ signer: 'key' }))), [payload]);
    expect(await rekor.outcome(fixture)).toBe('pass');
  });
  test('is asked for again when the log is busy', async () => {
    rekor.log.add(honest(), [payload]);
    let busy = 3;
    rekor.log.fault = () => (busy-- > 0 ? { status: 503, body: '' } : undefined);
    expect(await rekor.outcome()).toBe('pass');
  });
  test('is found where the log takes no proposals', async () => {
    rekor.log.add(honest(), [payload]);
    rekor.log.fault = (_path, body) => (body.includes('"entries"') ? { status: 400, body: '' } : undefined);
    expect(await rekor.outcome()).toBe('pass');
  });
  test('is found behind a redirect to another path of the log', async () => {
    const moved = new RekorLog().add(honest(), [payload]);
    rekor.log.fault = (path, body) =>
      path.startsWith('/new')
        ? moved.answer(path.slice('/new'.length), body)
        : { status: 307, headers: { location: `/new${path}` }, body: '' };
    expect(await rekor.outcome()).toBe('pass');
  });
});

describe('of a bundle without log entry', () => {
  const formats = (['bundle-0.1', 'bundle-0.2', 'bundle-0.3'] as const).flatMap((format) =>
    (['certificate', 'key'] as const).map((signer) => ({ format, signer })),
  );
  test.each(formats)('$format by a $signer: the entry is found by its digests', async (options) => {
    const entry = logEntryOf(makeGeneratorEvidence({ signer: options.signer }));
    const fixture = makeGeneratorEvidence({ ...options, edit: withoutEntry });
    rekor.log.add(rekorEntry(entry), [payload]);
    expect(await rekor.outcome(fixture)).toBe('pass');
    const index = '/api/v1/index/retrieve';
    expect(rekor.log.asked.map(({ path }) => path)).toEqual([index, index, '/api/v1/log/entries/retrieve']);
  });
  test.each(formats)('$format by a $signer: is refused without one', async (options) => {
    const fixture = makeGeneratorEvidence({ ...options, edit: withoutEntry });
    expect(await rekor.outcome(fixture)).toBe('LOG_ENTRY_MISSING');
    rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence({ ...options, seed: 'other' }))), [payload]);
    expect(await rekor.outcome(fixture)).toBe('LOG_ENTRY_MISMATCH');
  });
  test('with an entry it is as it is', () => {
    const [item] = parseEvidence(logged.bytes, 'logged.json');
    expect(item && bareEnvelope(item)).toBeUndefined();
  });
  test('a message signature is not searched for', () => {
    const message = makeGeneratorEvidence({ content: 'message', edit: withoutEntry });
    const [item] = parseEvidence(message.bytes, 'message.json');
    expect(item && bareEnvelope(item)).toBeUndefined();
  });
  test.each(changes(honest()))('a changed entry is refused: %s', async (_, changed) => {
    rekor.log.add(Object.assign(honest(), changed), [payload], uuidOf(honest()));
    const code = await rekor.outcome(makeGeneratorEvidence({ edit: withoutEntry }));
    expect(code).toMatch(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID|TIME_|CERTIFICATE_)/);
  });
});

function withBody(change: (body: unknown) => unknown): RekorEntry {
  const entry = honest();
  const body: unknown = JSON.parse(Buffer.from(entry.body, 'base64').toString());
  return { ...entry, body: Buffer.from(JSON.stringify(change(body))).toString('base64') };
}

const bodyChanges = changes(JSON.parse(Buffer.from(honest().body, 'base64').toString()));

describe('an entry that was tampered with is refused', () => {
  test.each(changes(honest()))('%s', async (_, changed) => {
    rekor.log.add(Object.assign(honest(), changed), [payload], uuidOf(honest()));
    expect(await rekor.outcome()).toMatch(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID|TIME_|CERTIFICATE_)/);
  });
  test.each(bodyChanges)('body%s, under its old name', async (_, changed) => {
    rekor.log.add(
      withBody(() => changed),
      [payload],
      uuidOf(honest()),
    );
    expect(await rekor.outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
  test.each(bodyChanges)('body%s, under a name of its own', async (_, changed) => {
    rekor.log.add(
      withBody(() => changed),
      [payload],
    );
    expect(await rekor.outcome()).toMatch(/^LOG_/);
  });
  test.each<[string, ReasonCode | 'pass', (entry: RekorEntry) => void]>([
    ['no proof and no promise', 'LOG_PROOF_MISSING', (entry) => (entry.verification = {})],
    ['no proof: the promise is enough', 'pass', ({ verification }) => delete verification.inclusionProof],
    ['another tree', 'LOG_ENTRY_MISMATCH', () => undefined],
    [
      'a proof without a hash',
      'LOG_PROOF_INVALID',
      ({ verification }) => void verification.inclusionProof?.hashes.pop(),
    ],
    [
      'a proof with another hash more',
      'LOG_PROOF_INVALID',
      ({ verification }) => void verification.inclusionProof?.hashes.push('00'.repeat(32)),
    ],
    ['another log', 'LOG_UNTRUSTED', (entry) => (entry.logID = '00'.repeat(32))],
    ['a promise of another time', 'LOG_PROMISE_INVALID', (entry) => (entry.integratedTime += 60)],
    ['a promise of another index', 'LOG_PROMISE_INVALID', (entry) => (entry.logIndex += 1)],
  ])('%s: %s', async (name, code, change) => {
    const entry = honest();
    change(entry);
    const uuid = name === 'another tree' ? `${'0'.repeat(16)}${uuidOf(entry).slice(16)}` : uuidOf(entry);
    rekor.log.add(entry, [payload], uuid);
    expect(await rekor.outcome()).toBe(code);
  });
  test('the entry of something else', async () => {
    const other = makeGeneratorEvidence({ seed: 'other' });
    rekor.log.add(rekorEntry(logEntryOf(other)), [payload, artifact]);
    expect(await rekor.outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
  test('an entry by a log that nobody trusts', async () => {
    const { world } = bare;
    const body = Buffer.from(honest().body, 'base64');
    const stranger = { ...world.rekorV1, key: world.rekorV2.key, logId: sha256(Buffer.from('stranger')) };
    rekor.log.add(rekorEntry(logEntry(stranger, { kind: 'dsse/0.0.1', body, time: signingTime })), [payload]);
    expect(await rekor.outcome()).toBe('LOG_UNTRUSTED');
  });
  test('entries of another payload by the same signer', async () => {
    const truth = { seed: 'first', payload: Buffer.from('{}') };
    rekor.log.add(rekorEntry(logEntryOf(makeGeneratorEvidence(truth))), [payload]);
    expect(await rekor.outcome()).toBe('LOG_ENTRY_MISMATCH');
  });
});
