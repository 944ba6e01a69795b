import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { nodeFiles } from '#core/io/files';
import { nodeNetwork } from '#core/io/network';
import type { Io } from '#core/io/io';
import { main } from '../../verifier/main.ts';
import { sha256 } from '../sigstore/keys.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import type { LogEntryJson } from '../sigstore/rekor.ts';
import { makeTimestampAuthority } from '../sigstore/timestamp-authority.ts';
import { changes } from './changes.ts';
import { logEntryOf, rekorEntry } from './entry.ts';
import { RekorLog, type Answer } from './log.ts';
import { RekorV2Log, tiledLog } from './log-v2.ts';
import { serve, type LogServer } from './server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-rekor-'));
let server: LogServer | undefined;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const write = (name: string, content: Uint8Array | string): void =>
  writeFileSync(path.join(folder, name), content);

/** A command over the real network of this machine, or over none. */
async function run(argv: readonly string[], isOnline = true): Promise<{ code: number; said: string }> {
  let said = '';
  const io: Io = {
    files: nodeFiles(folder),
    stdout: () => undefined,
    stderr: (text) => void (said += text),
    now: () => new Date('2026-02-01T00:00:00Z'),
    env: {},
    seeds: () => Buffer.from('{}'),
    tuf: () => Promise.reject(new Error('no network in a test')),
    ...(isOnline ? { network: async () => nodeNetwork({}) } : {}),
  };
  return { code: await main(argv, io), said };
}

function lay(fixture: EvidenceFixture): void {
  write('bare.intoto.jsonl', fixture.bytes);
  write('root.json', fixture.trustedRootBytes);
  write('key.pub', fixture.publicKeyPem);
  write('artifact', fixture.artifact.content);
}

const verify = (...flags: readonly string[]): readonly string[] => [
  'verify-attestation',
  '--type=slsaprovenance1',
  '--trusted-root=root.json',
  ...flags,
  'artifact',
];

describe('a bare envelope whose entry is in a Rekor v1 log', () => {
  const bare = makeEvidence({ format: 'envelope' });
  const identity = [`--certificate-identity=${bare.identity}`, `--certificate-oidc-issuer=${bare.issuer}`];
  const log = new RekorLog().add(rekorEntry(logEntryOf(makeEvidence())), [bare.artifact.digests.sha256]);

  test('is imported once and verifies without a network', async () => {
    lay(bare);
    server = await serve(log);
    const found = await run([
      'evidence',
      'import',
      `--rekor-url=${server.url}`,
      '--trusted-root=root.json',
      '--out=found.json',
      'bare.intoto.jsonl',
    ]);
    expect(found.code).toBe(0);
    expect(readFileSync(path.join(folder, 'found.json'), 'utf8')).toMatch(/^\{.*bundle\.v0\.3\+json.*\}\n$/);
    const verified = await run(verify('--offline', '--bundle=found.json', ...identity), false);
    expect(verified.code).toBe(0);
  });
  test('verifies with the log beside it', async () => {
    lay(bare);
    server = await serve(log);
    const { url } = server;
    const online = await run(verify(`--rekor-url=${url}`, '--bundle=bare.intoto.jsonl', ...identity));
    expect(online.code).toBe(0);
    const without = await run(verify('--bundle=bare.intoto.jsonl', ...identity));
    expect([without.code, without.said.includes('LOG_ENTRY_MISSING')]).toEqual([1, true]);
    const elsewhere = await run(
      verify('--rekor-url=http://127.0.0.1:9', '--bundle=bare.intoto.jsonl', ...identity),
    );
    expect([elsewhere.code, elsewhere.said.includes('NETWORK_UNAVAILABLE')]).toEqual([3, true]);
  });
});

/** A log of Rekor v2: what is posted to it is in it, and its answer is all that it ever says about it. */
function rekorV2(fixture: EvidenceFixture): { answer: (path: string, body: string) => Answer } {
  return {
    answer: (path) =>
      path === '/api/v2/log/entries'
        ? { status: 201, body: JSON.stringify(logEntryOf(fixture)) }
        : { status: 404, body: '{"code":5}' },
  };
}

describe('a bare envelope whose entry is in a Rekor v2 log', () => {
  const options = { signer: 'key', log: 'rekor-v2', timestamps: [] } as const;
  const bare = makeEvidence({ ...options, format: 'envelope' });
  const logged = makeEvidence(options);
  const dsse = makeEvidence({ ...options, entry: 'dsse/0.0.2' });
  const importing = [
    'evidence',
    'import',
    '--log-entry=entry.json',
    '--trusted-root=root.json',
    '--key=key.pub',
    '--out=found.json',
    'bare.intoto.jsonl',
  ];

  test.each([
    ['hashedrekord', logged],
    ['dsse', dsse],
  ])('is imported with the answer that its signer got (%s)', async (_, fixture) => {
    lay(bare);
    server = await serve(rekorV2(fixture));
    const answer = await fetch(`${server.url}/api/v2/log/entries`, { method: 'POST', body: '{}' });
    write('entry.json', await answer.text());
    expect((await run(importing)).code).toBe(0);
    const verified = await run(verify('--offline', '--bundle=found.json', '--key=key.pub'), false);
    expect(verified.code).toBe(0);
  });
  test('cannot be searched', async () => {
    lay(bare);
    server = await serve(rekorV2(logged));
    const flags = [`--rekor-url=${server.url}`, '--bundle=bare.intoto.jsonl', '--key=key.pub'];
    const { code, said } = await run(verify(...flags));
    expect([code, said.includes('LOG_SEARCH_UNAVAILABLE'), said.includes('--log-entry')]).toEqual([
      3,
      true,
      true,
    ]);
  });
  test('is read from the tiles of the log by its index', async () => {
    lay(bare);
    const body = Buffer.from(logEntryOf(logged).canonicalizedBody, 'base64');
    const log = new RekorV2Log(tiledLog({ 511: body }));
    server = await serve(log);
    const from = [`--rekor-url=${server.url}`, '--log-index=511'];
    const others = importing.filter((flag) => flag !== '--log-entry=entry.json');
    const found = await run([...others, ...from]);
    expect(found.code).toBe(0);
    const verified = await run(verify('--offline', '--bundle=found.json', '--key=key.pub'), false);
    expect(verified.code).toBe(0);
    const online = await run(verify(...from, '--bundle=bare.intoto.jsonl', '--key=key.pub'));
    expect(online.code).toBe(0);
    const unnamed = await run(
      verify(`--rekor-url=${server.url}`, '--bundle=bare.intoto.jsonl', '--key=key.pub'),
    );
    expect([unnamed.code, unnamed.said.includes('name the entry by --log-index')]).toEqual([3, true]);
  });
  test('is refused where only a timestamp could tell when it was signed', async () => {
    const keyless = { log: 'rekor-v2', timestamps: [] } as const;
    lay(makeEvidence({ ...keyless, format: 'envelope' }));
    write('entry.json', JSON.stringify(logEntryOf(makeEvidence(keyless))));
    const { code, said } = await run(importing.filter((flag) => flag !== '--key=key.pub'));
    expect([code, said.includes('TIME_UNPROVEN')]).toEqual([1, true]);
  });
  describe('by a certificate, with its signed timestamp', () => {
    const keyless = { log: 'rekor-v2', timestamps: [] } as const;
    const bareKeyless = makeEvidence({ ...keyless, format: 'envelope' });
    const stamped = (options: EvidenceOptions = {}): string => {
      const { json } = makeEvidence({ log: 'rekor-v2', ...options });
      const data =
        'verificationMaterial' in json ? json.verificationMaterial.timestampVerificationData : undefined;
      return data?.rfc3161Timestamps?.[0]?.signedTimestamp ?? '';
    };
    const cosigns = (token: string): string => JSON.stringify({ SignedRFC3161Timestamp: token });
    const flags = [...importing.filter((flag) => flag !== '--key=key.pub'), '--rfc3161-timestamp=token'];
    const stranger = makeTimestampAuthority('stranger');
    test.each<[string, () => Uint8Array | string, number, string]>([
      ['a TimeStampResp', () => Buffer.from(stamped(), 'base64'), 0, ''],
      ['as cosign writes it', () => cosigns(stamped()), 0, ''],
      ['of another signature', () => cosigns(stamped({ seed: 'other' })), 1, 'TIMESTAMP_MISMATCH'],
      [
        'of an authority that nobody trusts',
        () => cosigns(stamped({ timestamps: [{ authority: stranger }] })),
        1,
        'TIMESTAMP_UNTRUSTED',
      ],
      [
        'of a time when the certificate was not valid',
        () => cosigns(stamped({ timestamps: [{ time: new Date('2026-01-10T00:00:00Z') }] })),
        1,
        'CERTIFICATE_',
      ],
      ['cut off', () => Buffer.from(stamped(), 'base64').subarray(0, -9), 1, 'TIMESTAMP_INVALID'],
      ['of no known form', () => '{"x":1}', 1, 'TIMESTAMP_INVALID'],
      ['no base64', () => cosigns('%'), 1, 'BASE64_INVALID'],
      ['an empty file', () => '', 1, 'JSON_SYNTAX'],
    ])('%s', async (_, token, exit, code) => {
      lay(bareKeyless);
      write('entry.json', JSON.stringify(logEntryOf(makeEvidence(keyless))));
      write('token', token());
      const { code: found, said } = await run(flags);
      expect([found, said]).toEqual([exit, expect.stringContaining(code)]);
      if (exit !== 0) return;
      expect(readFileSync(path.join(folder, 'found.json'), 'utf8')).toContain('bundle.v0.3+json');
      const who = [
        `--certificate-identity=${bareKeyless.identity}`,
        `--certificate-oidc-issuer=${bareKeyless.issuer}`,
      ];
      const verified = await run(verify('--offline', '--bundle=found.json', ...who), false);
      expect(verified.code).toBe(0);
    });
    test('is of one envelope', async () => {
      lay(bareKeyless);
      write('bare.intoto.jsonl', `${bareKeyless.bytes.toString()}\n${bareKeyless.bytes.toString()}\n`);
      write('token', cosigns(stamped()));
      const { code, said } = await run(flags);
      expect([code, said]).toEqual([1, expect.stringContaining('EVIDENCE_TOO_MANY')]);
    });
  });
  test.each<[string, (entry: LogEntryJson) => void]>([
    ['index', (entry) => (entry.logIndex = '7')],
    ['log', (entry) => (entry.logId.keyId = sha256(Buffer.from('x')).toString('base64'))],
    ['kind', (entry) => (entry.kindVersion.kind = 'dsse')],
    ['version', (entry) => (entry.kindVersion.version = '0.0.1')],
    ['body', (entry) => (entry.canonicalizedBody = Buffer.from('{}').toString('base64'))],
    ['no proof', (entry) => delete entry.inclusionProof],
    ['index in the proof', ({ inclusionProof: proof }) => proof && (proof.logIndex = '5')],
    ['size', ({ inclusionProof: proof }) => proof && (proof.treeSize = '12')],
    ['root', ({ inclusionProof: proof }) => proof && (proof.rootHash = Buffer.alloc(32).toString('base64'))],
    [
      'a hash',
      ({ inclusionProof: proof }) => proof && (proof.hashes[0] = Buffer.alloc(32).toString('base64')),
    ],
    ['one hash less', ({ inclusionProof: proof }) => void proof?.hashes.pop()],
    [
      'checkpoint: origin',
      ({ inclusionProof: proof }) => proof && (proof.checkpoint.envelope = `x${proof.checkpoint.envelope}`),
    ],
    [
      'checkpoint: size',
      ({ inclusionProof: proof }) =>
        proof && (proof.checkpoint.envelope = proof.checkpoint.envelope.replace('\n11\n', '\n12\n')),
    ],
    [
      'checkpoint: no signature',
      ({ inclusionProof: proof }) =>
        proof && (proof.checkpoint.envelope = proof.checkpoint.envelope.replace(/\n\n.*$/s, '\n\n')),
    ],
  ])('is refused when tampered with: %s', async (_, change) => {
    lay(bare);
    const entry = structuredClone(logEntryOf(logged));
    change(entry);
    write('entry.json', JSON.stringify(entry));
    const { code, said } = await run(importing);
    expect(said).toMatch(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID)/m);
    expect(code).toBe(1);
  });

  const served = [
    ['hashedrekord', logged],
    ['dsse', dsse],
  ] as const;
  const tampered = served.flatMap(([kind, fixture]) => {
    const entry = logEntryOf(fixture);
    const body: unknown = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
    const inBody = changes(body).map(([where, changed]) => {
      const canonicalizedBody = Buffer.from(JSON.stringify(changed)).toString('base64');
      return [kind, `canonicalizedBody${where}`, { ...entry, canonicalizedBody }] as const;
    });
    return [...changes(entry).map(([where, changed]) => [kind, where, changed] as const), ...inBody];
  });
  test.each(tampered)('%s: is refused with any one field changed: %s', async (_, __, entry) => {
    lay(bare);
    server = await serve({ answer: () => ({ status: 201, body: JSON.stringify(entry) }) });
    const answer = await fetch(`${server.url}/api/v2/log/entries`, { method: 'POST', body: '{}' });
    write('entry.json', await answer.text());
    const { code, said } = await run(importing);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^(LOG_|CHECKPOINT_|BUNDLE_INVALID|BASE64_|UTF8_|JSON_)/m),
    ]);
  });
});
