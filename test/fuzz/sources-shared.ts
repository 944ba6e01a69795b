import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePublicKey, parseSpki } from '#core/crypto/public-key';
import type { Trust, TrustedKey } from '#core/trust/trust';
import { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import type { Json } from '../sigstore/json.ts';
import { list, get, isObject, text } from './json-tree.ts';
import { splitItems, type Source } from './target.ts';

/** Real evidence, where the checkout has it beside it. */
const vectors = fileURLToPath(new URL('../../../shared/vectors', import.meta.url));

export const sharedVectorsPresent = existsSync(vectors);

/** Every bundle and envelope of the vectors; many are meant to be refused and are left out later. */
export function sharedSources(): Source[] {
  if (!sharedVectorsPresent) return [];
  const root = parseTrustedRoot(readFileSync(join(vectors, 'trusted_root.public-good.json')), 'trusted root');
  return [...conformanceSources(root), ...slsaVerifierSources(root)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function conformanceSources(publicGood: TrustedRoot): Source[] {
  const base = join(vectors, 'sigstore-conformance', 'bundle-verify');
  return globSync(join(base, '*', 'bundle.sigstore.json')).map((file) => {
    const folder = dirname(file);
    const own = join(folder, 'artifact');
    const content = readFileSync(existsSync(own) ? own : join(base, 'a.txt'));
    const rootFile = join(folder, 'trusted_root.json');
    const root = existsSync(rootFile) ? parsedRoot(rootFile) : publicGood;
    const trust = root === undefined ? { root: publicGood, keys: [] } : { root, keys: keysIn(folder) };
    const artifact = {
      name: 'artifact',
      kind: 'file',
      digests: { sha256: hex('sha256', content) },
      content,
    } as const;
    return { name: `conformance/${basename(folder)}`, bytes: readFileSync(file), artifact, trust };
  });
}

function parsedRoot(file: string): TrustedRoot | undefined {
  try {
    return parseTrustedRoot(readFileSync(file), file);
  } catch {
    return undefined;
  }
}

function keysIn(folder: string): TrustedKey[] {
  const file = join(folder, 'key.pub');
  if (!existsSync(file)) return [];
  try {
    return [
      {
        name: 'key.pub',
        key: parsePublicKey(readFileSync(file), 'key.pub'),
        hints: [],
        transparencyLog: 'required',
      },
    ];
  } catch {
    return [];
  }
}

/** The artifact of each is what its statement says first: that it is bound to it is tested elsewhere. */
function slsaVerifierSources(root: TrustedRoot): Source[] {
  const base = join(vectors, 'slsa-verifier');
  const trust: Trust = { root, keys: npmKeys() };
  const files = ['*.{jsonl,slsa,json}', '*.sigstore'].flatMap((ending) =>
    globSync(join(base, '{gha_*,npm}', '**', ending)),
  );
  const sources: Source[] = [];
  for (const file of files) {
    const bytes = readFileSync(file);
    const artifact = firstSubject(splitItems(bytes.toString('utf8')).items);
    if (artifact !== undefined)
      sources.push({ name: `slsa-verifier/${file.slice(base.length + 1)}`, bytes, artifact, trust });
  }
  return sources;
}

function npmKeys(): TrustedKey[] {
  const document: Json = JSON.parse(readFileSync(join(vectors, 'npm-registry-keys.json'), 'utf8'));
  return list(document, 'keys')
    .filter((key) => text(key, 'keyUsage') === 'npm:attestations')
    .map((key) => ({
      name: text(key, 'keyId') ?? '',
      key: parseSpki(Buffer.from(text(key, 'publicKey', 'rawBytes') ?? '', 'base64')),
      hints: [text(key, 'keyId') ?? ''],
      notBefore: text(key, 'publicKey', 'validFor', 'start'),
      notAfter: text(key, 'publicKey', 'validFor', 'end'),
      transparencyLog: 'required',
    }));
}

function firstSubject(items: readonly Json[]): Artifact | undefined {
  const payload = text(items[0], 'dsseEnvelope', 'payload') ?? text(items[0], 'payload');
  if (payload === undefined) return undefined;
  try {
    const statement: Json = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    const digest = get(statement, 'subject', 0, 'digest');
    if (!isObject(digest)) return undefined;
    const entries = Object.entries(digest).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return { name: 'artifact', kind: 'digest', digests: Object.fromEntries(entries) };
  } catch {
    return undefined;
  }
}

function hex(algorithm: string, content: Uint8Array): string {
  return createHash(algorithm).update(content).digest('hex');
}
