import { sha256Hex } from '#core/bytes/digest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import { EdgesealError } from '#core/errors/error';
import { formatDigest, parseDigest } from '#core/oci/digest';
import { parsePlatform } from '#core/oci/platform';
import { Layout } from '#core/oci/layout';
import { readImage, type ReadImageInput } from '#core/oci/read-image';
import type { RegistryRepository } from '#core/oci/registry';
import { authenticate } from '#core/sigstore/authenticate';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { genuineWorld, pieceTarget, type Attachment, type ImageTarget } from './image-corpus.ts';
import { beyondImage } from './image-claims.ts';
import { falseDescriptors } from './image-descriptors.ts';
import { missingFromRoot } from './image-root.ts';
import { ImageWorld, type PieceName } from './image-world.ts';
import { changeAnnotation } from './mutate-annotations.ts';
import { changeOctets } from './mutate-octets.ts';
import { text } from './json-tree.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { decide, splitItems } from './target.ts';
import type { Trial } from './trial.ts';

/** How the image is read. */
interface Reading {
  /** By its tag, or as the one image that a layout is about; else by its digest. */
  readonly byName: boolean;
  /** One predicate type is asked for; else all. */
  readonly byType: boolean;
  /** The platform is asked for though the image stands in no index. */
  readonly byPlatform: boolean;
}

/** How an attacker of the registry goes about it. */
interface Plan {
  readonly piece: PieceName | 'root';
  readonly bytes: Buffer;
  readonly note: string;
  /** Digests of everything above are computed again. */
  readonly again: boolean;
  /** The caller names the digest of the trusted root. */
  readonly pinned: boolean;
  readonly kind: string;
  readonly how: Reading;
  /** A near miss that stands in the attestation's place. */
  readonly instead?: Attachment;
}

/** Microseconds of work after which an answer is a fault: it must take bounded time, however busy the machine is. */
const SLOW = 2_000_000;

/** The mutant image of that seed and index: always the same. */
export async function runImageTrial(
  targets: readonly ImageTarget[],
  seed: number,
  index: number,
): Promise<Trial> {
  const random = new Random(seed, index, 0x1a6e);
  const target = random.pick(targets);
  const how = {
    byName: random.chance(2),
    byType: random.chance(2),
    byPlatform: target.parts.inIndex || random.chance(2),
  };
  const plan = { ...planOf(target, targets, random), how };
  const base = {
    kind: plan.kind,
    target: target.name,
    mutant: { bytes: plan.bytes, note: plan.note },
  };
  const started = process.threadCpuUsage();
  try {
    const { code, fault } = await judgeMutant(target, plan);
    const { user, system } = process.threadCpuUsage(started);
    const late = user + system > SLOW ? 'too slow' : undefined;
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

/** A near miss, as it is or changed in one place. */
function nearMissOf(target: ImageTarget, targets: readonly ImageTarget[], random: Random): Omit<Plan, 'how'> {
  const [name, make] = random.pick([...target.wrongs]);
  const instead = make();
  const plan = {
    piece: 'attestation',
    again: true,
    pinned: false,
    instead,
    kind: `near miss: ${name}`,
  } as const;
  if (random.chance(2)) return { ...plan, bytes: instead.attestation, note: 'as it is' };
  const donors = targets.map(({ evidence }) => evidence);
  const { kind, mutant } = mutate(pieceTarget(target, instead.attestation), random, donors);
  return { ...plan, bytes: mutant.bytes, note: `${kind}: ${mutant.note}` };
}

function planOf(target: ImageTarget, targets: readonly ImageTarget[], random: Random): Omit<Plan, 'how'> {
  if (random.chance(4)) return nearMissOf(target, targets, random);
  const { pieces } = genuineWorld(target);
  const [piece, genuine] = random.pick<[PieceName | 'root', Buffer]>([
    ...pieces,
    ['root', target.fixture.trustedRootBytes],
  ]);
  const again = piece !== 'root' && random.chance(2);
  const pinned = piece === 'root' && random.chance(2);
  const name = `${piece}${again ? ', digests again' : ''}${pinned ? ', pinned' : ''}`;
  const plan = { piece, again, pinned };
  const pieceOf = (donor: ImageTarget): Buffer | undefined =>
    piece === 'root' ? donor.fixture.trustedRootBytes : genuineWorld(donor).pieces.get(piece);
  if (random.chance(8)) {
    const donor = random.pick(targets);
    const other = pieceOf(donor);
    if (other !== undefined && !other.equals(genuine))
      return { ...plan, bytes: other, note: `from ${donor.name}`, kind: `${name}: another's` };
  }
  // Without new digests a change of an annotation is one of octets.
  if (piece === 'layers' || ((piece === 'referrer' || piece === 'list') && random.chance(2))) {
    const others = targets.flatMap((donor) => pieceOf(donor) ?? []).map((it) => pieceTarget(target, it));
    const changed = random.chance(4)
      ? undefined
      : changeAnnotation(pieceTarget(target, genuine), random, others);
    if (changed !== undefined)
      return { ...plan, ...changed, again: true, kind: `${piece}, digests again: annotation` };
  }
  if (random.chance(2)) {
    const { bytes, note } = changeOctets(genuine, random);
    return { ...plan, bytes, note, kind: `${name}: octets` };
  }
  const donors = targets.map(({ evidence }) => evidence);
  const { kind, mutant } = mutate(pieceTarget(target, genuine), random, donors);
  return { ...plan, bytes: mutant.bytes, note: `${kind}: ${mutant.note}`, kind: `${name}: structure` };
}

/** The code for which a near miss is refused as it is; else what it says beyond the genuine one. */
export async function judgeNearMiss(
  target: ImageTarget,
  instead: Attachment,
): ReturnType<typeof judgeMutant> {
  const how = { byName: false, byType: false, byPlatform: target.parts.inIndex };
  const plan = {
    piece: 'attestation',
    note: 'as it is',
    again: true,
    pinned: false,
    kind: 'near miss',
  } as const;
  return judgeMutant(target, { ...plan, bytes: instead.attestation, instead, how });
}

/** Whether the untouched image is accepted: without that its mutants would prove nothing. */
export async function isAccepted(target: ImageTarget, how: Reading): Promise<boolean> {
  const bytes = target.fixture.trustedRootBytes;
  const nothing = {
    piece: 'root',
    bytes,
    note: 'nothing',
    again: false,
    pinned: true,
    kind: 'none',
  } as const;
  const { code, fault } = await judgeMutant(target, { ...nothing, how });
  return code === 'accepted' && fault === undefined;
}

async function judgeMutant(
  target: ImageTarget,
  plan: Plan,
): Promise<{ readonly code: ReasonCode | 'accepted'; readonly fault: string | undefined }> {
  const { piece, bytes, again, instead, how } = plan;
  const genuine = genuineWorld(target);
  const world = new ImageWorld(
    { ...target.parts, ...instead },
    (name, made) => (name === piece ? bytes : made),
    again,
  );
  const pinned = plan.pinned ? sha256Hex(target.fixture.trustedRootBytes) : undefined;
  const root = piece === 'root' ? parseTrustedRoot(bytes, 'root', pinned) : target.evidence.trust.root;
  const trust = { ...target.evidence.trust, root };
  const store = world.store();
  const at = atOf(store, how, genuine.top);
  const platform = how.byPlatform ? parsePlatform('linux/amd64') : undefined;
  const wanted = how.byType ? [target.parts.predicateType] : [];
  const { attested } = await readImage({ image: store, attestations: store, at, platform, wanted });
  let code: ReasonCode = 'ATTESTATION_MISSING';
  for (const { digest, items } of attested) {
    const artifact: Artifact = { name: 'image', kind: 'image', digests: { [digest.algorithm]: digest.hex } };
    const question = { artifact, policy: target.evidence.policy, trust };
    const verdict = decide(question, items);
    const codes = codesOf(verdict);
    if (codes.includes('INTERNAL_ERROR')) return { code: 'INTERNAL_ERROR', fault: JSON.stringify(verdict) };
    code = codes[0] ?? code;
    if (verdict.outcome !== 'pass') continue;
    const faults = [
      ...falseDescriptors(world.served),
      ...(await faultsOf(target, plan, question, { digest: formatDigest(digest), items })),
    ];
    return {
      code: 'accepted',
      fault: faults.length === 0 ? undefined : `false accept: ${faults.join('; ')}`,
    };
  }
  return { code, fault: undefined };
}

function atOf(store: Layout | RegistryRepository, { byName }: Reading, top: string): ReadImageInput['at'] {
  if (!byName) return { digest: parseDigest(top, 'IMAGE_REFERENCE_INVALID') };
  return store instanceof Layout ? { digest: store.image() } : { tag: 'v1' };
}

function codesOf({ reasons, requirements }: Verdict): readonly ReasonCode[] {
  const below = requirements.flatMap(({ attestations }) => attestations.flatMap((it) => it.reasons));
  return [...reasons, ...below].map(({ code }) => code);
}

/** What must not be, though the image was accepted. */
async function faultsOf(
  target: ImageTarget,
  { piece, bytes, again, pinned, instead, how }: Plan,
  question: Parameters<typeof decide>[0],
  { digest, items }: { readonly digest: string; readonly items: readonly EvidenceItem[] },
): Promise<readonly string[]> {
  const genuine = genuineWorld(target);
  const faults: string[] = [];
  const original = piece === 'root' ? target.fixture.trustedRootBytes : genuine.pieces.get(piece);
  const isChanged = original === undefined || !original.equals(bytes);
  if (digest !== genuine.manifest) faults.push('another image is called attested');
  if (isChanged && pinned) faults.push('another root than the pinned one');
  if (isChanged && !again && isAddressed(target, piece, how))
    faults.push('content that is not what its digest says');
  const around = new ImageWorld({ ...target.parts, ...instead });
  const served = {
    attestation: piece === 'attestation' ? bytes : target.parts.attestation,
    layers: piece === 'layers' ? bytes : around.pieces.get('layers'),
  };
  if (piece === 'referrer' && !isAbout(bytes, genuine.manifest))
    faults.push('what is attached to another image');
  let accepted = 0;
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'evidence' || decide(question, [item]).outcome !== 'pass') continue;
    accepted++;
    const { signers } = authenticate(item.evidence, question.artifact, question.trust, verifyEcdsaDigest);
    const one = { index, of: items.length, source: item.evidence.source, signers };
    faults.push(...beyondImage(target, served, one, piece === 'root'));
  }
  if (accepted === 0) faults.push('no attestation is accepted by itself');
  if (piece === 'root') faults.push(...(await missingFromRoot(target, bytes)));
  return faults;
}

/** Whether every manifest that a referrer may be read as is attached to the image: by its one `subject`. */
function isAbout(referrer: Buffer, image: string): boolean {
  return splitItems(referrer.toString('utf8')).items.every((it) => text(it, 'subject', 'digest') === image);
}

/**
 * Lists of referrers and a layout's own files stand under no digest, and the root is the caller's own; a configuration is
 * read only for the platform of an image that stands alone.
 */
function isAddressed({ parts }: ImageTarget, piece: Plan['piece'], { byPlatform }: Reading): boolean {
  if (piece === 'root' || piece === 'marker') return false;
  if (piece === 'config') return byPlatform && !parts.inIndex;
  return piece !== 'list' || parts.attached === 'tag';
}
