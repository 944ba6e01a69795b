import { sha256Hex } from '#core/bytes/digest';
import { reasonOf } from '#core/errors/error';
import { toHex } from '#core/bytes/hex';
import { isStatementPayloadType, parseStatement } from '#core/in-toto-attestation/index';
import type { DigestSet, Statement } from '#core/in-toto-attestation/types';
import { canonicalize } from '#core/json/canonical';
import { isArray, member, type JsonObject } from '#core/json/value';
import { isSbomType } from '#core/sbom/sbom';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { ReleaseFile } from './release-file.ts';

/** What one attestation in the release says that it is about. Nothing of it is believed yet. */
export interface Claim {
  readonly item: EvidenceItem;
  /** The file that holds it; undefined where it was found elsewhere. */
  readonly path: string | undefined;
  readonly digest: string;
  readonly source: string;
  readonly subjects: readonly ClaimedSubject[];
  /** Of the bill of materials that it carries: SHA-256 of its canonical JSON, lower-case hex. */
  readonly sbomDigest: string | undefined;
}

export interface ClaimedSubject {
  /** Undefined: known by digest only. */
  readonly name: string | undefined;
  readonly digests: DigestSet;
  /**
   * Of what is published only as a part of others: these, as `sha256:HEX` (the annotation `edgeseal_within` of the
   * subject, docs/buildtype.md).
   */
  readonly within?: readonly string[] | undefined;
}

/** Attestations that are kept elsewhere, as GitHub keeps them, found by the digests of a file. */
export interface FoundEvidence {
  readonly digests: DigestSet;
  readonly items: readonly EvidenceItem[];
}

/** Attestations by what they claim to be about. */
export class Claims {
  readonly all: readonly Claim[];
  readonly #byDigest = new Map<string, Set<Claim>>();

  constructor(files: readonly ReleaseFile[], elsewhere: readonly FoundEvidence[] = []) {
    const own = files.flatMap(({ path, document }) =>
      document?.kind === 'evidence'
        ? document.items.map((item) => withSubjects(claimOf(item, path), document.about))
        : [],
    );
    this.all = [...own, ...foundClaims(elsewhere, new Set(own.map(({ digest }) => digest)))];
    for (const claim of this.all) {
      for (const { digests } of claim.subjects) {
        for (const key of keysOf(digests)) {
          const known = this.#byDigest.get(key);
          if (known === undefined) this.#byDigest.set(key, new Set([claim]));
          else known.add(claim);
        }
      }
    }
  }

  /** Those that name one of the digests. */
  about(digests: DigestSet): readonly Claim[] {
    return [...new Set(keysOf(digests).flatMap((key) => [...(this.#byDigest.get(key) ?? [])]))];
  }
}

/** Whether two descriptions name the same bytes: a digest in common, of an algorithm that files are known by. */
export function isSameContent(a: DigestSet, b: DigestSet): boolean {
  const keys = new Set(keysOf(a));
  return keysOf(b).some((key) => keys.has(key));
}

/** `sha256:HEX` of each digest that counts. */
export function keysOf(digests: DigestSet): readonly string[] {
  return ['sha256', 'sha384', 'sha512'].flatMap((algorithm) => {
    const value = Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
    return value === undefined ? [] : [`${algorithm}:${value}`];
  });
}

/**
 * Each once, however many files it is about. What is not about the file that it was found by is left out; what
 * cannot be read is about that file.
 */
function foundClaims(elsewhere: readonly FoundEvidence[], known: Set<string>): readonly Claim[] {
  return elsewhere.flatMap(({ digests, items }) =>
    items.flatMap((item) => {
      const claim = claimOf(item, undefined);
      if (known.has(claim.digest)) return [];
      const isAbout = claim.subjects.some((subject) => isSameContent(subject.digests, digests));
      if (item.kind === 'evidence' && !isAbout) return [];
      known.add(claim.digest);
      return item.kind === 'refused' ? [{ ...claim, subjects: [{ name: undefined, digests }] }] : [claim];
    }),
  );
}

/** What was refused after it had been read is about what it said then. */
function withSubjects(
  claim: Claim,
  about: ReadonlyMap<string, readonly ClaimedSubject[]> | undefined,
): Claim {
  const subjects = claim.item.kind === 'refused' ? about?.get(claim.digest) : undefined;
  return subjects === undefined ? claim : { ...claim, subjects };
}

/** What an attestation says that it is about. @param path of the file that holds it */
export function claimOf(item: EvidenceItem, path: string | undefined): Claim {
  const { digest, source } = item.kind === 'evidence' ? item.evidence : item;
  const common = { item, path, digest, source };
  const statement = statementOf(item);
  if (statement === undefined) return { ...common, subjects: messageSubjects(item), sbomDigest: undefined };
  const { subjects, predicateType, predicate } = statement;
  return {
    ...common,
    subjects: subjects.map(({ name, uri, digest: digests, annotations }) => ({
      name: name ?? uri,
      digests,
      within: withinOf(annotations),
    })),
    sbomDigest: isSbomType(predicateType) ? sha256Hex(canonicalize(predicate)) : undefined,
  };
}

/** Undefined where nothing can be read of it: then it is a thing of its own. */
function withinOf(annotations: JsonObject | undefined): readonly string[] | undefined {
  const listed = annotations === undefined ? undefined : member(annotations, 'edgeseal_within');
  if (!isArray(listed)) return undefined;
  const keys = listed.filter((one) => typeof one === 'string');
  return keys.length === listed.length && keys.length > 0 ? keys : undefined;
}

/** What it states, where that can be read. */
function statementOf(item: EvidenceItem): Statement | undefined {
  if (item.kind !== 'evidence' || item.evidence.content.kind !== 'dsse') return undefined;
  const { envelope } = item.evidence.content;
  if (!isStatementPayloadType(envelope.payloadType)) return undefined;
  try {
    return parseStatement(envelope.payload, item.evidence.source);
  } catch (error) {
    if (reasonOf(error).code === 'INTERNAL_ERROR') throw error;
    return undefined;
  }
}

/** A signature over an artifact itself hints at its digest. */
function messageSubjects(item: EvidenceItem): readonly ClaimedSubject[] {
  if (item.kind !== 'evidence' || item.evidence.content.kind !== 'message') return [];
  const { digestAlgorithm, digest } = item.evidence.content;
  return [{ name: undefined, digests: { [digestAlgorithm]: toHex(digest) } }];
}
