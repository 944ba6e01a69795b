import path from 'node:path';
import type { Io } from '#core/io/io';
import type { Clock, HttpFetch } from '#core/oci/http';
import { inParallel } from '#core/oci/in-parallel';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { readBuild } from '../build/build-file.ts';
import { openWork } from '../lock/work.ts';
import { keylessSigner } from '../signing/certified-key.ts';
import { chooseServices } from '../signing/choose-services.ts';
import { readCertifiedClaims, readIdentity } from '../signing/identity.ts';
import { insistBy } from '../signing/insist.ts';
import { openQueue } from '../signing/queue.ts';
import type { Secrets } from '../signing/secrets.ts';
import { signStatement, type SigningWorld } from '../signing/sign-statement.ts';
import type { SigningConfig } from '../signing/signing-config.ts';
import { tokenSource } from '../signing/token-source.ts';
import type { ExpectedSigner } from '../signing/verify-signed.ts';
import { applyPolicy } from './apply-policy.ts';
import { releaseBoms, type ReleaseBom } from './boms.ts';
import { checkBuild, type CheckedBuild } from './check-build.ts';
import { checkEvidence } from './check-evidence.ts';
import { checkIdentity } from './check-identity.ts';
import { checkImages } from './check-images.ts';
import { checksumFiles } from './checksums.ts';
import { openImageLayout } from './image-layout.ts';
import { readRebuild } from './read-rebuild.ts';
import { rehearse } from './rehearse.ts';
import { releasePolicy } from './release-policy.ts';
import { releaseStatements, type ReleaseStatement } from './statements.ts';
import { writeAssets } from './write-assets.ts';

export interface AttestOptions {
  readonly workFolder: string;
  readonly config: SigningConfig;
  readonly root: TrustedRoot;
  /** `--identity-token`. */
  readonly tokenFile: string | undefined;
  readonly alsoV02: boolean;
  /** Of edgeseal-release. */
  readonly version: string;
}

/** What attesting touches. */
export interface AttestWorld {
  readonly env: Io['env'];
  readonly files: Pick<Io['files'], 'read'>;
  readonly now: () => Date;
  readonly fetch: HttpFetch;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly secrets: Secrets;
  /** Tells people how far it is, a line each. */
  readonly progress: (text: string) => void;
}

/** What there is in the end. */
export interface Attested {
  readonly assets: number;
  readonly images: number;
  readonly attestations: number;
}

/** Statements that are signed at one time. */
const AT_ONCE = 4;
const ATTESTATIONS = 'multiple.intoto.jsonl';

/**
 * Attests what was built: digests anew from the bytes, bills of materials, provenance, signatures, checksums; all of it
 * verified as everybody will, before it is put into `assets`. A run that was interrupted goes on where it was.
 * @throws RELEASE_*, SBOM_*, SIGNING_*, IDENTITY_*, LOG_*, and what the files of the work folder are refused for
 */
export async function attest(world: AttestWorld, options: AttestOptions): Promise<Attested> {
  const { progress, now } = world;
  const { workFolder, root, version } = options;
  const work = await openWork(workFolder);
  const { value: build, sha256: buildSha256 } = await readBuild(workFolder);
  const rebuild = await readRebuild(workFolder, buildSha256);
  progress('reading what was built');
  const checked = await checkBuild(work, build);
  await checkEvidence(build, work.store);
  const hasImages = work.plan.images.length + build.images.length > 0;
  const images = hasImages ? openImageLayout(path.join(workFolder, 'images')) : undefined;
  if (images !== undefined) await checkImages(work, checked, images);
  const boms = await releaseBoms(work, checked, version);

  const insist = insistBy({ ...world });
  const token = tokenSource({ ...world, insist }, options.tokenFile);
  const proof = await token();
  const identity = readIdentity(proof, now().getTime());
  checkIdentity(identity, work.lock.source);
  const expected: ExpectedSigner = { issuer: identity.issuer, identity: identity.builder };
  const policy = await releasePolicy(work, expected);
  const statements = releaseStatements(work, checked, {
    identity,
    version,
    boms,
    rebuild,
    alsoV02: options.alsoV02,
    policy,
  });

  const documentsOf = (lines: readonly string[]): ReadonlyMap<string, Uint8Array> =>
    releaseDocuments(checked, boms, lines);
  const judge = (lines: readonly string[], by: TrustedRoot, hint: string): void => {
    const finished = { plan: work.plan, build, assets: checked.assets, documents: documentsOf(lines) };
    applyPolicy(finished, policy, { root: by, now: now(), hint, tell: progress });
  };
  progress('judging what is to be signed by the policy of the release');
  const rehearsal = rehearse(
    readCertifiedClaims(proof),
    statements.map(({ payload }) => payload),
    now(),
  );
  judge(rehearsal.lines, rehearsal.root, 'nothing was signed, and no service has seen any of it');

  await using queue = await openQueue(path.join(workFolder, 'queue'));
  const services = chooseServices(options.config, now().getTime());
  const authority = { what: 'Fulcio', url: services.authority.url, exchange: 20_000 };
  const signer = keylessSigner({ authority, token, insist, now });
  const lines = await signAll({ ...world, queue, services, signer, insist, expected, root }, statements);

  progress('verifying the release by its policy');
  judge(lines, root, 'nothing is put into assets; what is signed is in the log, and stays in the queue');
  const documents = documentsOf(lines);
  await writeAssets(workFolder, work.store, checked.assets, documents);
  return {
    assets: checked.assets.length + documents.size,
    images: build.images.length,
    attestations: lines.length,
  };
}

/** What is published beside the assets, by name. */
function releaseDocuments(
  { assets }: CheckedBuild,
  boms: readonly ReleaseBom[],
  lines: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  const documents = new Map<string, Uint8Array>(boms.map(({ name, bytes }) => [name, bytes]));
  documents.set(ATTESTATIONS, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  for (const [name, bytes] of checksumFiles(assets, documents)) documents.set(name, bytes);
  return documents;
}

/** Signs them, a few at one time. After the first that fails none is begun, and those that are begun come to their end. */
async function signAll(
  world: SigningWorld,
  statements: readonly ReleaseStatement[],
): Promise<readonly string[]> {
  const failures: unknown[] = [];
  let signed = 0;
  const lines = await inParallel(
    statements,
    async ({ about, payload }) => {
      if (failures.length > 0) return '';
      try {
        const line = await signStatement(world, payload);
        world.progress(`signed ${++signed} of ${statements.length}: ${about}`);
        return line;
      } catch (error) {
        failures.push(error);
        return '';
      }
    },
    AT_ONCE,
  );
  if (failures.length > 0) throw failures[0];
  return lines;
}
