import { makeEvidence, makeGeneratorEvidence, type EvidenceFixture } from '../sigstore/make-evidence.ts';
import { cycloneDx, npmProvenance, npmPublish, verificationSummary } from '../sigstore/statement.ts';
import { logEntryOf, rekorEntry, uuidOf } from '../rekor/entry.ts';
import { RekorLog, type Answering } from '../rekor/log.ts';
import { bodyOf, RekorV2Log, tiledLog, withoutEntry } from '../rekor/log-v2.ts';
import type { TiledLog } from '../sigstore/tiled-log.ts';

const PACKAGE = { name: 'pkg:npm/%40example/lib@1.2.3', content: Buffer.from('a tarball\n') };

/** Files that every script finds in its folder. All of them are made here, by keys that are made here. */
export function fixtureFiles(): ReadonlyMap<string, Uint8Array> {
  const github = makeEvidence();
  const generator = makeGeneratorEvidence();
  const bare = makeGeneratorEvidence({ format: 'envelope' });
  const keyed = makeEvidence({ ...KEYED, format: 'envelope' });
  const unlogged = makeEvidence({ log: 'rekor-v2', edit: withoutEntry });
  const keyedLogged = makeEvidence({ signer: 'key', statement: cycloneDx });
  const summary = makeEvidence({
    signer: 'key',
    keyType: 'p256',
    format: 'envelope',
    seed: 'verifier',
    statement: verificationSummary(),
  });
  const tool = makeGeneratorEvidence({ artifact: { name: 'tool.zip', content: Buffer.from('a tool\n') } });
  const npm = npmFiles();
  return new Map<string, Uint8Array>([
    ['example-1.2.3.tar.gz', github.artifact.content],
    ['tampered.tar.gz', Buffer.from('another artifact\n')],
    ['root.json', github.trustedRootBytes],
    ['github.sigstore.json', github.bytes],
    ['release/example-1.2.3.tar.gz', github.artifact.content],
    ['release/proof.jsonl', github.bytes],
    ['release/example-1.2.3.tar.gz.sha512', Buffer.from(`${github.artifact.digests.sha512}\n`)],
    ['spoiled/proof.jsonl', github.bytes],
    ['downloaded/example-1.2.3.tar.gz', github.artifact.content],
    ['older/example-1.2.3.tar.gz', generator.artifact.content],
    ['older/multiple.intoto.jsonl', bare.bytes],
    ['mixed/example-1.2.3.tar.gz', github.artifact.content],
    ['mixed/example.sigstore.json', github.bytes],
    ['mixed/tool.zip', tool.artifact.content],
    ['mixed/tool.sigstore.json', tool.bytes],
    ['generator.sigstore.json', generator.bytes],
    ['bare.intoto.jsonl', bare.bytes],
    ['entry.json', rekorAnswer(generator)],
    ['other-entry.json', rekorAnswer(github)],
    ['unlogged.sigstore.json', unlogged.bytes],
    ['keyed.json', keyed.bytes],
    ['keyed.pub', Buffer.from(keyed.publicKeyPem)],
    ['keyed.sigstore.json', keyedLogged.bytes],
    ['logged.pub', Buffer.from(keyedLogged.publicKeyPem)],
    ['vsa.json', summary.bytes],
    ['vsa.pub', Buffer.from(summary.publicKeyPem)],
    ...npm,
  ]);
}

/** The registry's answer about a package, and the key that it signed it with. */
function npmFiles(): readonly (readonly [string, Uint8Array])[] {
  const subjects = (fixture: EvidenceFixture): readonly { name: string; digest: { sha512: string } }[] => [
    { name: PACKAGE.name, digest: { sha512: fixture.artifact.digests.sha512 } },
  ];
  const named = subjects(makeEvidence({ artifact: PACKAGE }));
  const provenance = makeEvidence({ artifact: PACKAGE, subjects: named, statement: npmProvenance });
  const publish = makeEvidence({
    artifact: PACKAGE,
    subjects: named,
    statement: npmPublish('@example/lib', '1.2.3'),
    signer: 'key',
    seed: 'registry',
    format: 'bundle-0.2',
  });
  const keys = {
    keys: [
      {
        keyId: publish.keyHint,
        keyUsage: 'npm:attestations',
        publicKey: {
          rawBytes: publish.key.spki.toString('base64'),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: { start: '2022-12-01T00:00:00.000Z' },
        },
      },
    ],
  };
  const attestations = [publish, provenance].map(({ json }) => ({ bundle: json }));
  return [
    ['lib-1.2.3.tgz', PACKAGE.content],
    ['attestations.json', Buffer.from(JSON.stringify({ attestations }))],
    ['registry-keys.json', Buffer.from(JSON.stringify(keys))],
  ];
}

/** What Rekor v1's API answers when it is asked for the entry of a bundle. */
function rekorAnswer(fixture: EvidenceFixture): Uint8Array {
  const entry = rekorEntry(logEntryOf(fixture));
  return Buffer.from(JSON.stringify({ [uuidOf(entry)]: entry }));
}

/**
 * The logs by their hosts: one that has the entry of the bare envelope, beside one of something else; and one of
 * Rekor v2 with the entries of the other envelopes.
 */
export function fixtureLogs(): Readonly<Record<string, Answering>> {
  const generator = makeGeneratorEvidence();
  const keys = [generator.artifact.digests.sha256];
  const searched = new RekorLog()
    .add(rekorEntry(logEntryOf(makeEvidence())), keys)
    .add(rekorEntry(logEntryOf(generator)), keys);
  tree ??= tiledLog({ 300: bodyOf(KEYED), 512: bodyOf({}) });
  return { 'rekor.example': searched, 'log2026.rekor.sigstore.example': new RekorV2Log(tree) };
}

/** An envelope by a plain key. */
const KEYED = { signer: 'key', keyType: 'ed25519', statement: cycloneDx } as const;
let tree: TiledLog | undefined;
