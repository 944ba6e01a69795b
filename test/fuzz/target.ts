import { verifyEcdsaDigest } from '#core/crypto/ecdsa-prehashed';
import { definePolicy } from '#core/policy/define-policy';
import type { SignerDocument } from '#core/policy/document';
import type { Policy } from '#core/policy/policy';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Signer } from '#core/sigstore/signer';
import type { Trust } from '#core/trust/trust';
import type { Artifact } from '#core/verify/artifact';
import { examine } from '#core/verify/examine';
import { verify } from '#core/verify/verify';
import type { Verdict } from '#core/verdict/verdict';
import type { Json } from '../sigstore/json.ts';
import { isObject } from './json-tree.ts';
import { meaningOf, type Meaning } from './meaning.ts';

/** Evidence to mutate, and all that it takes to verify it. */
export interface Source {
  readonly name: string;
  readonly bytes: Buffer;
  readonly artifact: Artifact;
  readonly trust: Trust;
}

/** A source under a policy that asks for exactly its signers. */
export interface Target extends Source {
  readonly policy: Policy;
  /** How the items stand in the file. */
  readonly layout: Layout;
  /** The file's items, parsed. */
  readonly items: readonly Json[];
  /** What each item says, and what the core proves of it. Empty: a near miss, which must be refused. */
  readonly originals: readonly Original[];
}

export type Layout = 'single' | 'lines' | 'npm';

export interface Original {
  readonly meaning: Meaning;
  readonly signers: readonly Signer[];
  /** Digest of the trusted root under which it is genuine. */
  readonly root: string | undefined;
}

/** Fixed, so that a run is the same on any day. */
const now = new Date('2026-06-01T00:00:00Z');

export function decide(
  target: Pick<Target, 'artifact' | 'policy' | 'trust'>,
  evidence: readonly EvidenceItem[],
): Verdict {
  return verify({
    artifact: target.artifact,
    evidence,
    policy: target.policy,
    trust: target.trust,
    now,
    ecdsaDigest: verifyEcdsaDigest,
  });
}

/** @returns why it cannot be a target: it is refused as it is */
export async function makeTarget(source: Source): Promise<Target | string> {
  const { layout, items } = splitItems(source.bytes.toString('utf8'));
  const originals: Original[] = [];
  for (const [index, item] of parseEvidence(source.bytes, source.name).entries()) {
    const examined = examine(item, source.artifact, source.trust, verifyEcdsaDigest);
    const meaning = meaningOf(items[index] ?? null);
    if (examined.failure !== undefined) return `${examined.failure.code}: ${examined.failure.message}`;
    if (meaning === undefined) return 'its meaning cannot be read';
    originals.push({ meaning, signers: examined.signers, root: source.trust.root?.digest });
  }
  const policy = await policyFor(originals.flatMap(({ signers }) => signers.map(signerRule)));
  const target = { ...source, policy, layout, items, originals };
  const verdict = decide(target, parseEvidence(source.bytes, source.name));
  if (verdict.outcome === 'pass') return target;
  const [reason] = verdict.requirements.flatMap(({ attestations }) =>
    attestations.flatMap((it) => it.reasons),
  );
  return `${reason?.code}: ${reason?.message}`;
}

/** Evidence that must be refused, under a policy that its signer would satisfy. Nothing in it is genuine. */
export async function makeNearMiss(source: Source, signer: SignerDocument): Promise<Target> {
  const { layout, items } = splitItems(source.bytes.toString('utf8'));
  return { ...source, policy: await policyFor([signer]), layout, items, originals: [] };
}

function policyFor(signers: readonly SignerDocument[]): Promise<Policy> {
  const distinct = new Map(signers.map((signer) => [JSON.stringify(signer), signer]));
  return definePolicy({ name: 'fuzz', requirements: [{ signers: [...distinct.values()] }] });
}

function signerRule(signer: Signer): SignerDocument {
  if (signer.kind === 'certificate') return { issuer: signer.issuer ?? '', identity: signer.identity ?? '' };
  const transparencyLog = signer.logEntries.length > 0 ? 'required' : 'optional';
  return { key: { sha256: signer.keyDigest }, transparencyLog };
}

/** Splits a file as the core documents it, without the core. */
export function splitItems(content: string): { layout: Layout; items: Json[] } {
  const whole = parse(content);
  if (whole === undefined) {
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    return { layout: 'lines', items: lines.map((line) => parse(line) ?? null) };
  }
  if (isObject(whole) && Array.isArray(whole['attestations'])) {
    return {
      layout: 'npm',
      items: whole['attestations'].map((it) => (isObject(it) ? (it['bundle'] ?? null) : it)),
    };
  }
  return Array.isArray(whole) ? { layout: 'npm', items: whole } : { layout: 'single', items: [whole] };
}

export function joinItems(
  layout: Layout,
  items: readonly Json[],
  write: (item: Json) => string = toText,
): Buffer {
  if (layout === 'single') return Buffer.from(items.map(write).join(''));
  if (layout === 'lines') return Buffer.from(items.map((item) => `${write(item)}\n`).join(''));
  return Buffer.from(`{"attestations":[${items.map((item) => `{"bundle":${write(item)}}`).join(',')}]}`);
}

const toText = (item: Json): string => JSON.stringify(item);

function parse(content: string): Json | undefined {
  try {
    const value: Json = JSON.parse(content);
    return value;
  } catch {
    return undefined;
  }
}
