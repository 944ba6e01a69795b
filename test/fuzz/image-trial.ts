import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import { EdgesealError } from '#core/errors/error';
import { parseDigest } from '#core/oci/digest';
import { parsePlatform } from '#core/oci/platform';
import { readImage, type ReadImageInput } from '#core/oci/read-image';
import { authenticate } from '#core/sigstore/authenticate';
import type { Evidence } from '#core/sigstore/evidence';
import type { Signer } from '#core/sigstore/signer';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Artifact } from '#core/verify/artifact';
import { genuineWorld, pieceTarget, type ImageTarget } from './image-corpus.ts';
import { ImageWorld, type PieceName } from './image-world.ts';
import { changeOctets } from './mutate-octets.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { holdsKey, keysOfRoot, withoutKey } from './root-meaning.ts';
import { decide } from './target.ts';
import type { Trial } from './trial.ts';

/** How an attacker of the registry goes about it. */
interface Plan {
  readonly piece: PieceName | 'root';
  readonly bytes: Buffer;
  readonly note: string;
  /** Digests of everything above are computed again. */
  readonly again: boolean;
  readonly kind: string;
}

/** Milliseconds after which an answer is a fault: it must take bounded time. */
const SLOW = 2000;

/** The mutant image of that seed and index: always the same. */
export async function runImageTrial(
  targets: readonly ImageTarget[],
  seed: number,
  index: number,
): Promise<Trial> {
  const random = new Random(seed, index, 0x1a6e);
  const target = random.pick(targets);
  const plan = planOf(target, targets, random);
  const base = {
    kind: plan.kind,
    target: target.name,
    mutant: { bytes: plan.bytes, note: plan.note },
  };
  const byTag = random.chance(2) && !target.parts.attached.startsWith('layout');
  const started = performance.now();
  try {
    const { code, fault } = await judgeMutant(target, plan, byTag);
    const late = performance.now() - started > SLOW ? 'too slow' : undefined;
    return { ...base, outcome: code, fault: fault ?? late };
  } catch (error) {
    if (
      error instanceof EdgesealError &&
      error.code !== 'INTERNAL_ERROR' &&
      Object.hasOwn(reasonCodes, error.code)
    )
      return { ...base, outcome: error.code, fault: undefined };
    const fault = `untyped error: ${error instanceof Error ? (error.stack ?? error.message) : typeof error}`;
    return { ...base, outcome: 'INTERNAL_ERROR', fault };
  }
}

function planOf(target: ImageTarget, targets: readonly ImageTarget[], random: Random): Plan {
  const { pieces } = genuineWorld(target);
  const [piece, genuine] = random.pick<[PieceName | 'root', Buffer]>([
    ...pieces,
    ['root', target.fixture.trustedRootBytes],
  ]);
  const again = piece !== 'root' && random.chance(2);
  const name = `${piece}${again ? ', digests again' : ''}`;
  if (random.chance(8)) {
    const donor = random.pick(targets);
    const other = piece === 'root' ? donor.fixture.trustedRootBytes : genuineWorld(donor).pieces.get(piece);
    if (other !== undefined && !other.equals(genuine))
      return { piece, bytes: other, note: `from ${donor.name}`, again, kind: `${name}: another's` };
  }
  if (random.chance(2)) {
    const { bytes, note } = changeOctets(genuine, random);
    return { piece, bytes, note, again, kind: `${name}: octets` };
  }
  const donors = targets.map(({ evidence }) => evidence);
  const { kind, mutant } = mutate(pieceTarget(target, genuine), random, donors);
  return { piece, bytes: mutant.bytes, note: `${kind}: ${mutant.note}`, again, kind: `${name}: structure` };
}

/** Whether the untouched image is accepted: without that its mutants would prove nothing. */
export async function isAccepted(target: ImageTarget, byTag: boolean): Promise<boolean> {
  const bytes = target.fixture.trustedRootBytes;
  const plan: Plan = { piece: 'root', bytes, note: 'nothing', again: false, kind: 'none' };
  const { code, fault } = await judgeMutant(target, plan, byTag);
  return code === 'accepted' && fault === undefined;
}

async function judgeMutant(
  target: ImageTarget,
  { piece, bytes, again }: Plan,
  byTag: boolean,
): Promise<{ readonly code: ReasonCode | 'accepted'; readonly fault: string | undefined }> {
  const genuine = genuineWorld(target);
  const world = new ImageWorld(target.parts, (name, made) => (name === piece ? bytes : made), again);
  const original = piece === 'root' ? target.fixture.trustedRootBytes : genuine.pieces.get(piece);
  const isChanged = original === undefined || !original.equals(bytes);
  const root = piece === 'root' ? parseTrustedRoot(bytes, 'root') : target.evidence.trust.root;
  const trust = { ...target.evidence.trust, root };
  const store = world.store();
  const at: ReadImageInput['at'] = byTag
    ? { tag: 'v1' }
    : { digest: parseDigest(genuine.top, 'IMAGE_REFERENCE_INVALID') };
  const platform = target.parts.inIndex ? parsePlatform('linux/amd64') : undefined;
  const { attested } = await readImage({ image: store, attestations: store, at, platform, wanted: [] });
  let code: ReasonCode = 'ATTESTATION_MISSING';
  for (const { digest, items } of attested) {
    const artifact: Artifact = { name: 'image', kind: 'image', digests: { [digest.algorithm]: digest.hex } };
    const verdict = decide({ artifact, policy: target.evidence.policy, trust }, items);
    const attestations = verdict.requirements.flatMap((it) => it.attestations);
    const codes = [...verdict.reasons, ...attestations.flatMap(({ reasons }) => reasons)].map(
      (it) => it.code,
    );
    if (codes.includes('INTERNAL_ERROR')) return { code: 'INTERNAL_ERROR', fault: JSON.stringify(verdict) };
    code = codes[0] ?? code;
    if (verdict.outcome !== 'pass') continue;
    const passed = new Set(attestations.filter((it) => it.outcome === 'pass').map((it) => it.digest));
    const faults: string[] = [];
    if (`${digest.algorithm}:${digest.hex}` !== genuine.manifest)
      faults.push('another image is called attested');
    if (isChanged && !again && isAddressed(target, piece))
      faults.push('content that is not what its digest says');
    for (const item of items) {
      if (item.kind !== 'evidence' || !passed.has(item.evidence.digest)) continue;
      const { signers } = authenticate(item.evidence, artifact, trust, verifyEcdsaDigest);
      faults.push(...beyond(target, item.evidence, signers, piece === 'root'));
    }
    if (piece === 'root') faults.push(...(await rootBeyond(target, bytes)));
    return {
      code: 'accepted' as const,
      fault: faults.length === 0 ? undefined : `false accept: ${faults.join('; ')}`,
    };
  }
  return { code, fault: undefined };
}

/** Lists of referrers and a layout's index stand under no digest, and the root is the caller's own. */
function isAddressed({ parts }: ImageTarget, piece: Plan['piece']): boolean {
  if (piece === 'root') return false;
  return piece !== 'list' || parts.attached === 'tag';
}

/** Keys that the evidence needs, and that an accepted mutant of the root does not have. */
async function rootBeyond(target: ImageTarget, mutant: Buffer): Promise<string[]> {
  const faults: string[] = [];
  for (const key of keysOfRoot(target.fixture.trustedRootBytes)) {
    if (holdsKey(mutant, key)) continue;
    const bytes = withoutKey(target.fixture.trustedRootBytes, key);
    if (!(await isAcceptedUnder(target, bytes))) faults.push(`accepted without ${key.slice(0, 80)}`);
  }
  return faults;
}

/** Whether the genuine image is accepted under a root that lacks a key, and is well-formed. */
async function isAcceptedUnder(target: ImageTarget, root: Buffer): Promise<boolean> {
  const genuine = genuineWorld(target);
  const store = genuine.store();
  const at = { digest: parseDigest(genuine.manifest, 'IMAGE_REFERENCE_INVALID') };
  const { attested } = await readImage({ image: store, attestations: store, at, wanted: [] });
  const trust = { ...target.evidence.trust, root: parseTrustedRoot(root, 'root') };
  return attested.some(
    ({ items }) =>
      decide({ artifact: target.evidence.artifact, policy: target.evidence.policy, trust }, items).outcome ===
      'pass',
  );
}

/**
 * What accepted evidence says that the target's own does not. Proofs may be missing.
 * @param isRenamed logs and authorities are called as the caller's root calls them
 */
function beyond(
  target: ImageTarget,
  { content }: Evidence,
  signers: readonly Signer[],
  isRenamed: boolean,
): string[] {
  const faults: string[] = [];
  const named = isRenamed ? withoutNames : (signer: Signer): Signer => signer;
  const { payload } = target.fixture;
  if (content.kind !== 'dsse' || payload === undefined) return ['no envelope'];
  if (!payload.equals(content.envelope.payload)) faults.push('another payload');
  const genuine = target.evidence.originals.flatMap((original) => original.signers.map(named));
  for (const signer of signers.map(named)) {
    if (!genuine.some((one) => saysNoMore(signer, one)))
      faults.push(`a signer beyond: ${JSON.stringify(signer)}`);
  }
  return faults;
}

function withoutNames(signer: Signer): Signer {
  return {
    ...signer,
    times: signer.times.map((time) => ({ ...time, authority: '' })),
    logEntries: signer.logEntries.map((entry) => ({ ...entry, log: '' })),
  };
}

function saysNoMore(signer: Signer, genuine: Signer): boolean {
  return Object.entries(signer).every(([key, value]: [string, unknown]) => {
    const own: unknown = Reflect.get(genuine, key);
    if (!Array.isArray(value) || !Array.isArray(own)) return same(value, own);
    return value.every((item) => own.some((other) => same(item, other)));
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
