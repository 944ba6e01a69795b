import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { artifactOf } from './judge.ts';
import type { Case } from './judge.ts';

/** Real evidence beside the repository; tests that need it say so when it is absent. */
const vectors = path.resolve(import.meta.dirname, '../../../shared/vectors');
export const present = existsSync(vectors);
/** For titles of tests that are skipped without the vectors. */
export const needed = present ? '' : ' (skipped: ../shared/vectors is absent)';

const conformanceFolder = path.join(vectors, 'sigstore-conformance/bundle-verify');
const slsaFolder = path.join(vectors, 'slsa-verifier');

const file = (...names: readonly string[]): Buffer => readFileSync(path.join(vectors, ...names));
export const publicGoodRoot = (): Buffer => file('trusted_root.public-good.json');

const USUAL_IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const USUAL_ISSUER = 'https://token.actions.githubusercontent.com';

export interface ConformanceCase extends Case {
  readonly accepted: boolean;
  readonly identity: string | undefined;
  readonly issuer: string | undefined;
}

/** The cases of sigstore-conformance, by path: the artifact's bytes are at hand. */
export function conformanceCases(): ConformanceCase[] {
  return readdirSync(conformanceFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const read = (item: string): Buffer | undefined => {
        const place = path.join(conformanceFolder, name, item);
        return existsSync(place) ? readFileSync(place) : undefined;
      };
      const keyPem = read('key.pub');
      return {
        name,
        accepted: !name.endsWith('_fail'),
        bundle: read('bundle.sigstore.json') ?? Buffer.alloc(0),
        artifact: artifactOf(read('artifact') ?? readFileSync(path.join(conformanceFolder, 'a.txt'))),
        root: read('trusted_root.json') ?? publicGoodRoot(),
        keys:
          keyPem === undefined ? [] : [{ hint: '', pem: keyPem, validFrom: undefined, validTo: undefined }],
        byKey: keyPem !== undefined,
        identity: keyPem === undefined ? (read('identity')?.toString().trim() ?? USUAL_IDENTITY) : undefined,
        issuer: keyPem === undefined ? (read('issuer')?.toString().trim() ?? USUAL_ISSUER) : undefined,
      };
    });
}

/** The bundles among slsa-verifier's test data, npm's attestations one by one. */
export function slsaBundles(): Case[] {
  const names = readdirSync(slsaFolder, { recursive: true })
    .map(String)
    .filter((name) => /\.(jsonl?|sigstore|slsa)$/.test(name) && !/^(cases|artifacts)\.json$/.test(name))
    .filter((name) => !name.includes('blobs') && !name.endsWith('index.json'))
    .toSorted();
  const root = publicGoodRoot();
  return names.flatMap((name) =>
    readFileSync(path.join(slsaFolder, name), 'utf8')
      .split(name.endsWith('.jsonl') ? '\n' : '\0')
      .filter((text) => text.trim() !== '')
      .flatMap((text) => bundlesIn(text))
      .map((bundle, index) => ({
        name: `${name}#${index + 1}`,
        bundle: Buffer.from(bundle),
        artifact: artifactOf(Buffer.alloc(0)),
        root,
        keys: npmKeys(),
        byKey: false,
      })),
  );
}

/** Texts of the bundles in a file's text; none where it holds bare envelopes. */
function bundlesIn(text: string): string[] {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return [];
  if ('attestations' in value && Array.isArray(value.attestations)) {
    return value.attestations.map((item: { bundle: unknown }) => JSON.stringify(item.bundle));
  }
  return 'verificationMaterial' in value ? [text] : [];
}

interface NpmKey {
  readonly keyId: string;
  readonly keyUsage: string;
  readonly publicKey: { readonly rawBytes: string; readonly validFor: { start?: string; end?: string } };
}

function npmKeys(): Case['keys'] {
  const { keys }: { keys: NpmKey[] } = JSON.parse(file('npm-registry-keys.json').toString());
  return keys
    .filter((key) => key.keyUsage === 'npm:attestations')
    .map(({ keyId, publicKey }) => ({
      hint: keyId,
      pem: Buffer.from(`-----BEGIN PUBLIC KEY-----\n${publicKey.rawBytes}\n-----END PUBLIC KEY-----\n`),
      validFrom: publicKey.validFor.start,
      validTo: publicKey.validFor.end,
    }));
}

/** The folders of image provenance, each an OCI layout. */
export const layoutFolder = path.join(slsaFolder, 'gha_generic_container');
