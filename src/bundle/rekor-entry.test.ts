import { describe, expect, test } from 'vitest';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { examine } from '#core/verify/examine';
import { fixtureFiles } from '../../test/cli/fixtures.ts';
import { makeGeneratorEvidence } from '../../test/sigstore/make-evidence.ts';
import { readRekorEntries, verifierOfEntry } from './rekor-entry.ts';
import { writeBundle } from './write-bundle.ts';

const fixtures = fixtureFiles();
const answer = Buffer.from(fixtures.get('entry.json') ?? '');
const bare = makeGeneratorEvidence({ format: 'envelope' });
const [item] = parseEvidence(bare.bytes, 'bare.json');
const envelope =
  item?.kind === 'evidence' && item.evidence.content.kind === 'dsse'
    ? item.evidence.content.envelope
    : undefined;

function changed(change: (entry: Record<string, unknown>) => void): Buffer {
  const document: Record<string, Record<string, unknown>> = JSON.parse(answer.toString());
  for (const entry of Object.values(document)) change(entry);
  return Buffer.from(JSON.stringify(document));
}

describe("a log entry of Rekor's API", () => {
  test('makes a bundle that verifies', () => {
    const logEntries = readRekorEntries(answer, 'entry.json');
    const signature = envelope!.signatures[0]!;
    const bundle = writeBundle({
      envelope: envelope!,
      signature,
      signer: { certificate: signature.certificate! },
      logEntries,
      timestamps: [],
    });
    const [made] = parseEvidence(Buffer.from(JSON.stringify(bundle)), 'made');
    const trust = { root: parseTrustedRoot(bare.trustedRootBytes, 'root'), keys: [] };
    const artifact = {
      name: 'a',
      kind: 'digest',
      digests: { sha256: bare.artifact.digests.sha256 },
    } as const;
    expect(examine(made!, artifact, trust)).toMatchObject({ failure: undefined });
    expect(bundle['mediaType']).toBe('application/vnd.dev.sigstore.bundle.v0.3+json');
  });
  test('without a proof makes a bundle v0.1', () => {
    const logEntries = readRekorEntries(
      changed((entry) => {
        const verification = entry['verification'] as Record<string, unknown>;
        delete verification['inclusionProof'];
      }),
      'entry.json',
    );
    const signature = envelope!.signatures[0]!;
    const bundle = writeBundle({
      envelope: envelope!,
      signature,
      signer: { certificate: signature.certificate! },
      logEntries,
      timestamps: [],
    });
    expect(bundle['mediaType']).toBe('application/vnd.dev.sigstore.bundle+json;version=0.1');
  });
  test('without proof and promise makes none', () => {
    const logEntries = readRekorEntries(
      changed((entry) => (entry['verification'] = {})),
      'entry.json',
    );
    const signature = envelope!.signatures[0]!;
    expect(() =>
      writeBundle({ envelope: envelope!, signature, signer: { keyHint: 'k' }, logEntries, timestamps: [] }),
    ).toThrow(expect.objectContaining({ code: 'LOG_PROOF_MISSING' }));
  });
  test('names the certificate that signed', () => {
    const [entry] = readRekorEntries(answer, 'entry.json');
    const verifier = verifierOfEntry(entry!);
    expect(verifier?.label).toBe('CERTIFICATE');
    expect(Buffer.from(verifier!.der)).toEqual(bare.certificate);
  });
  test.each<[string, (entry: Record<string, unknown>) => void]>([
    ['no body', (entry) => delete entry['body']],
    ['a body in no base64', (entry) => (entry['body'] = '!')],
    ['a body that is no object', (entry) => (entry['body'] = Buffer.from('[]').toString('base64'))],
    ['no verification', (entry) => delete entry['verification']],
    ['an index that is a text', (entry) => (entry['logIndex'] = '5')],
    ['a negative time', (entry) => (entry['integratedTime'] = -1)],
    ['a log id in upper case', (entry) => (entry['logID'] = 'AB')],
    [
      'a proof without root',
      (entry) => (entry['verification'] = { inclusionProof: { hashes: [], logIndex: 0, treeSize: 1 } }),
    ],
    [
      'a proof with a hash that is a number',
      (entry) =>
        (entry['verification'] = { inclusionProof: { hashes: [1], logIndex: 0, treeSize: 1, rootHash: '' } }),
    ],
  ])('LOG_ENTRY_INVALID: %s', (_what, change) => {
    expect(() => readRekorEntries(changed(change), 'entry.json')).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_INVALID' }),
    );
  });
  test.each(['{}', '[]', '1'])('LOG_ENTRY_INVALID: %s', (text) => {
    expect(() => readRekorEntries(Buffer.from(text), 'entry.json')).toThrow(
      expect.objectContaining({ code: 'LOG_ENTRY_INVALID' }),
    );
  });
});
