import { sha256Hex } from '#core/bytes/digest';
import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import { EdgesealError } from '#core/errors/error';
import { formatDigest, parseDigest } from '#core/oci/digest';
import { parsePlatform } from '#core/oci/platform';
import { readImage, type ReadImageInput } from '#core/oci/read-image';
import { authenticate } from '#core/sigstore/authenticate';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import type { Verdict } from '#core/verdict/verdict';
import type { Artifact } from '#core/verify/artifact';
import { genuineWorld, pieceTarget, type Attachment, type ImageTarget } from './image-corpus.ts';
import { beyondImage } from './image-claims.ts';
import { missingFromRoot } from './image-root.ts';
import { ImageWorld, type PieceName } from './image-world.ts';
import { changeAnnotation } from './mutate-annotations.ts';
import { changeOctets } from './mutate-octets.ts';
import { text } from './json-tree.ts';
import { mutate } from './mutations.ts';
import { Random } from './random.ts';
import { decide, splitItems } from './target.ts';
import type { Trial } from './trial.ts';

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
  /** A near miss that stands in the attestation's place. */
  readonly instead?: Attachment;
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

/** A near miss, as it is or changed in one place. */
function nearMissOf(target: ImageTarget, targets: readonly ImageTarget[], random: Random): Plan {
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

function planOf(target: ImageTarget, targets: readonly ImageTarget[], random: Random): Plan {
  if (random.chance(6)) return nearMissOf(target, targets, random);
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
  if (piece === 'layers' || (piece === 'referrer' && random.chance(2))) {
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

/** Whether the untouched image is accepted: without that its mutants would prove nothing. */
export async function isAccepted(target: ImageTarget, byTag: boolean): Promise<boolean> {
  const bytes = target.fixture.trustedRootBytes;
  const plan: Plan = { piece: 'root', bytes, note: 'nothing', again: false, pinned: true, kind: 'none' };
  const { code, fault } = await judgeMutant(target, plan, byTag);
  return code === 'accepted' && fault === undefined;
}

async function judgeMutant(
  target: ImageTarget,
  plan: Plan,
  byTag: boolean,
): Promise<{ readonly code: ReasonCode | 'accepted'; readonly fault: string | undefined }> {
  const { piece, bytes, again, instead } = plan;
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
  const at: ReadImageInput['at'] = byTag
    ? { tag: 'v1' }
    : { digest: parseDigest(genuine.top, 'IMAGE_REFERENCE_INVALID') };
  const platform = target.parts.inIndex ? parsePlatform('linux/amd64') : undefined;
  const { attested } = await readImage({ image: store, attestations: store, at, platform, wanted: [] });
  let code: ReasonCode = 'ATTESTATION_MISSING';
  for (const { digest, items } of attested) {
    const artifact: Artifact = { name: 'image', kind: 'image', digests: { [digest.algorithm]: digest.hex } };
    const question = { artifact, policy: target.evidence.policy, trust };
    const verdict = decide(question, items);
    const codes = codesOf(verdict);
    if (codes.includes('INTERNAL_ERROR')) return { code: 'INTERNAL_ERROR', fault: JSON.stringify(verdict) };
    code = codes[0] ?? code;
    if (verdict.outcome !== 'pass') continue;
    const faults = await faultsOf(target, plan, question, { digest: formatDigest(digest), items });
    return {
      code: 'accepted',
      fault: faults.length === 0 ? undefined : `false accept: ${faults.join('; ')}`,
    };
  }
  return { code, fault: undefined };
}

function codesOf({ reasons, requirements }: Verdict): readonly ReasonCode[] {
  const below = requirements.flatMap(({ attestations }) => attestations.flatMap((it) => it.reasons));
  return [...reasons, ...below].map(({ code }) => code);
}

/** What must not be, though the image was accepted. */
async function faultsOf(
  target: ImageTarget,
  { piece, bytes, again, pinned, instead }: Plan,
  question: Parameters<typeof decide>[0],
  { digest, items }: { readonly digest: string; readonly items: readonly EvidenceItem[] },
): Promise<readonly string[]> {
  const genuine = genuineWorld(target);
  const faults: string[] = [];
  const original = piece === 'root' ? target.fixture.trustedRootBytes : genuine.pieces.get(piece);
  const isChanged = original === undefined || !original.equals(bytes);
  if (digest !== genuine.manifest) faults.push('another image is called attested');
  if (isChanged && pinned) faults.push('another root than the pinned one');
  if (isChanged && !again && isAddressed(target, piece))
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

/** Lists of referrers and a layout's index stand under no digest, and the root is the caller's own. */
function isAddressed({ parts }: ImageTarget, piece: Plan['piece']): boolean {
  if (piece === 'root') return false;
  return piece !== 'list' || parts.attached === 'tag';
}
