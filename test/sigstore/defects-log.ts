import type { ReasonCode } from '#core/errors/codes';
import { strangerSigner } from './checkpoint.ts';
import type { Defect, Defects } from './defect.ts';
import { base64 } from './json.ts';
import { makeKey } from './keys.ts';
import { makeEvidence, signingTime, type EvidenceOptions } from './make-evidence.ts';
import type { LogEntryJson } from './rekor.ts';
import { makeWorld } from './world.ts';

const made = (code: ReasonCode, options: EvidenceOptions): Defect => ({
  code,
  stage: 'authenticate',
  make: () => makeEvidence(options),
});

/** Changes the first log entry of the finished bundle. */
const entry = (
  code: ReasonCode,
  change: (entry: LogEntryJson) => void,
  options: EvidenceOptions = {},
): Defect =>
  made(code, {
    ...options,
    edit: (bundle) => {
      const [first] = bundle.verificationMaterial.tlogEntries ?? [];
      if (first !== undefined) change(first);
    },
  });

const proof =
  (change: (proof: NonNullable<LogEntryJson['inclusionProof']>) => void) => (it: LogEntryJson) => {
    if (it.inclusionProof !== undefined) change(it.inclusionProof);
  };

/** Without the promise, which covers body, time and index, so that only the proof can refuse. */
const proofOnly: EvidenceOptions = { log: 'rekor-v2' };

const checkpoint = (
  code: ReasonCode,
  change: (note: string) => string,
  options: EvidenceOptions = proofOnly,
): Defect =>
  entry(
    code,
    proof((it) => {
      it.checkpoint.envelope = change(it.checkpoint.envelope);
    }),
    options,
  );

const elsewhere = makeWorld('elsewhere');

export const logDefects: Defects = {
  'log: no entry': made('LOG_ENTRY_MISSING', { log: 'none' }),
  'log: no entry, but a timestamp': made('LOG_ENTRY_MISSING', { log: 'none', timestamps: [{}] }),
  'log: unknown': {
    code: 'LOG_UNTRUSTED',
    stage: 'authenticate',
    make: () => {
      const { trustedRoot, trustedRootBytes } = makeEvidence();
      const fixture = makeEvidence({ world: { ...makeWorld(), rekorV1: elsewhere.rekorV1 } });
      return { ...fixture, trustedRoot, trustedRootBytes };
    },
  },
  'log: key not yet valid': made('LOG_KEY_OUTSIDE_VALIDITY', {
    trust: { rekorV1: { start: '2026-02-01T00:00:00Z' } },
  }),
  'log: key no longer valid': made('LOG_KEY_OUTSIDE_VALIDITY', {
    trust: { rekorV1: { start: '2025-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } },
  }),
  'log: Rekor v2 key no longer valid': made('LOG_KEY_OUTSIDE_VALIDITY', {
    log: 'rekor-v2',
    trust: { rekorV2: { start: '2025-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } },
  }),

  'entry: of another signature': made('LOG_ENTRY_MISMATCH', {
    logged: (it) => ({ ...it, signatures: [makeKey('p256', 'stranger').sign(Buffer.from('x'))] }),
  }),
  'entry: of another payload': made('LOG_ENTRY_MISMATCH', {
    logged: (it) =>
      it.content.kind === 'dsse' ? { ...it, content: { ...it.content, payload: Buffer.from('{}') } } : it,
  }),
  'entry: of another key': made('LOG_ENTRY_MISMATCH', {
    logged: (it) => ({ ...it, verifiers: [{ key: makeKey('p256', 'stranger'), certificate: undefined }] }),
  }),
  'entry: of another signature, Rekor v2': made('LOG_ENTRY_MISMATCH', {
    log: 'rekor-v2',
    logged: (it) => ({ ...it, signatures: [makeKey('p256', 'stranger').sign(Buffer.from('x'))] }),
  }),
  'entry: of another certificate, Rekor v2': made('LOG_ENTRY_MISMATCH', {
    log: 'rekor-v2',
    logged: (it) => ({ ...it, verifiers: [makeEvidence({ seed: 'other' })] }),
  }),
  'entry: of a plain key, Rekor v2': made('LOG_ENTRY_INVALID', {
    log: 'rekor-v2',
    logged: (it) => ({ ...it, verifiers: [{ key: makeKey('p256', 'stranger'), certificate: undefined }] }),
  }),
  'entry: intoto 0.0.2 of another signature': made('LOG_ENTRY_MISMATCH', {
    entry: 'intoto/0.0.2',
    logged: (it) => ({ ...it, signatures: [makeKey('p256', 'stranger').sign(Buffer.from('x'))] }),
  }),
  'entry: intoto 0.0.1 of another key': made('LOG_ENTRY_MISMATCH', {
    entry: 'intoto/0.0.1',
    logged: (it) => ({ ...it, verifiers: [{ key: makeKey('p256', 'stranger'), certificate: undefined }] }),
  }),
  'entry: of another message': made('LOG_ENTRY_MISMATCH', {
    content: 'message',
    logged: (it) => ({ ...it, content: { kind: 'message', hash: 'sha256', digest: Buffer.alloc(32, 1) } }),
  }),
  'entry: kind contradicts the body': entry('LOG_ENTRY_MISMATCH', (it) => {
    it.kindVersion = { kind: 'intoto', version: '0.0.2' };
  }),
  'entry: body is not JSON': entry('LOG_ENTRY_INVALID', (it) => {
    it.canonicalizedBody = base64('x');
  }),

  'promise: bad signature': entry('LOG_PROMISE_INVALID', (it) => {
    it.inclusionPromise = {
      signedEntryTimestamp: base64(makeKey('p256', 'stranger').sign(Buffer.from('x'))),
    };
  }),
  'promise: another time': entry('LOG_PROMISE_INVALID', (it) => {
    it.integratedTime = String(Number(it.integratedTime) + 1);
  }),
  'promise: another index': entry('LOG_PROMISE_INVALID', (it) => {
    it.logIndex = String(Number(it.logIndex) + 1);
  }),
  'promise: by another key': made('LOG_PROMISE_INVALID', {
    logOptions: { promiseKey: makeKey('p256', 'stranger') },
  }),
  'promise: bad, in a bundle v0.1': entry(
    'LOG_PROMISE_INVALID',
    (it) => {
      it.integratedTime = String(Number(it.integratedTime) + 1);
    },
    { format: 'bundle-0.1' },
  ),

  'proof: none': { ...made('LOG_PROOF_MISSING', { logOptions: { proof: false } }), stage: 'parse' },
  'proof: none, Rekor v2': {
    ...made('LOG_PROOF_MISSING', { log: 'rekor-v2', logOptions: { proof: false } }),
    stage: 'parse',
  },
  'proof: a changed hash': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.hashes[0] = base64(Buffer.alloc(32, 9));
    }),
  ),
  'proof: a hash too many': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.hashes.push(base64(Buffer.alloc(32, 9)));
    }),
  ),
  'proof: a hash missing': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.hashes.pop();
    }),
  ),
  'proof: another leaf index': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.logIndex = '5';
    }),
  ),
  'entry: another index than its proof, Rekor v2': {
    ...entry(
      'LOG_PROOF_INVALID',
      (it) => {
        it.logIndex = '7';
      },
      { log: 'rekor-v2' },
    ),
  },
  'entry: no index, Rekor v2': {
    ...entry(
      'LOG_PROOF_INVALID',
      (it) => {
        it.logIndex = '0';
      },
      { log: 'rekor-v2', entry: 'dsse/0.0.2' },
    ),
  },
  'proof: index beyond the tree': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.logIndex = '11';
    }),
  ),
  'proof: root hash that the checkpoint does not have': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.rootHash = base64(Buffer.alloc(32, 9));
    }),
  ),
  'proof: tree size that the checkpoint does not have': entry(
    'LOG_PROOF_INVALID',
    proof((it) => {
      it.treeSize = '12';
    }),
  ),
  'proof: checkpoint of another tree': made('LOG_PROOF_INVALID', {
    log: 'rekor-v2',
    logOptions: { checkpointRoot: Buffer.alloc(32, 9) },
  }),

  'checkpoint: missing': entry(
    'LOG_PROOF_MISSING',
    proof((it) => {
      Reflect.deleteProperty(it, 'checkpoint');
    }),
  ),
  'checkpoint: no signature line': checkpoint('CHECKPOINT_INVALID', (note) =>
    note.slice(0, note.indexOf('\n\n') + 2),
  ),
  'checkpoint: no separator': checkpoint('CHECKPOINT_INVALID', (note) => note.replace('\n\n', '\n')),
  'checkpoint: no size': checkpoint('CHECKPOINT_INVALID', (note) => note.replace(/\n\d+\n/, '\n')),
  'checkpoint: size with a leading zero': checkpoint('CHECKPOINT_INVALID', (note) =>
    note.replace(/\n(\d+)\n/, '\n0$1\n'),
  ),
  'checkpoint: changed size': checkpoint('CHECKPOINT_UNTRUSTED', (note) =>
    note.replace(/\n\d+\n/, '\n999\n'),
  ),
  'checkpoint: only a stranger signed': made('CHECKPOINT_UNTRUSTED', {
    log: 'rekor-v2',
    logOptions: { signers: [strangerSigner('stranger.example')] },
  }),
  'checkpoint: a stranger under the log’s name': made('CHECKPOINT_UNTRUSTED', {
    log: 'rekor-v2',
    logOptions: { signers: [strangerSigner(makeWorld().rekorV2.origin)] },
  }),
  'checkpoint: of another log': made('CHECKPOINT_UNTRUSTED', {
    log: 'rekor-v2',
    logOptions: { signers: [elsewhere.rekorV2.signer], checkpointOrigin: elsewhere.rekorV2.origin },
  }),
  'checkpoint: another origin under the log’s signature': made('CHECKPOINT_UNTRUSTED', {
    log: 'rekor-v2',
    logOptions: { checkpointOrigin: 'other.example' },
  }),
  'checkpoint: wrong key hint': checkpoint('CHECKPOINT_UNTRUSTED', (note) =>
    note.replace(/(\u2014 \S+ )(\S+)\n$/, (_, head: string, blob: string) => {
      const octets = Buffer.from(blob, 'base64');
      octets[0] = (octets[0] ?? 0) ^ 1;
      return `${head}${octets.toString('base64')}\n`;
    }),
  ),

  'time: an integrated time that nobody promised': entry('TIME_UNPROVEN', (it) => {
    delete it.inclusionPromise;
  }),
  'time: Rekor v2 without timestamp': made('TIME_UNPROVEN', { log: 'rekor-v2', timestamps: [] }),
  'time: Rekor v2 with an integrated time of its own': entry(
    'TIME_UNPROVEN',
    (it) => {
      it.integratedTime = String(Math.floor(signingTime.getTime() / 1000));
    },
    { log: 'rekor-v2', timestamps: [] },
  ),
};
