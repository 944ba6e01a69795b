import { EdgesealError, refuse } from '#core/errors/error';
import { canonicalize } from '#core/json/canonical';
import { plainJson } from '#core/json/plain';
import { member, type JsonObject } from '#core/json/value';
import { parseStatement } from '#core/in-toto-attestation/statement';
import type { ResourceDescriptor, Subject } from '#core/in-toto-attestation/types';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { parseProvenanceV1 } from '#core/slsa/provenance-v1';
import { BUILD_TYPE } from '../provenance/build-type.ts';

/** What published provenance says of a build: docs/buildtype.md. Nothing of it is proven here. */
export interface Published {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  /** SHA-256 of the release description, lower-case hex. */
  readonly description: string;
  /** The description's path in the source; undefined where it is no part of the source. */
  readonly recipe: string | undefined;
  /** Of everything but the source and the description: uri and digests, as canonical JSON. */
  readonly dependencies: ReadonlySet<string>;
  readonly statements: readonly PublishedStatement[];
}

export interface PublishedStatement {
  /** `edgecore for linux/amd64`. */
  readonly about: string;
  readonly subjects: readonly Subject[];
}

const V1 = 'https://slsa.dev/provenance/v1';

/**
 * Reads provenance of our build type out of JSON lines of bundles: all statements must be of one build's inputs.
 * @param name of the file
 * @throws PROVENANCE_INVALID, and what evidence and statements are refused for
 */
export function readPublished(bytes: Uint8Array, name: string): Published {
  const found = parseEvidence(bytes, name).flatMap((item) => {
    if (item.kind === 'refused') throw new EdgesealError(item.reason.code, item.reason.message, item.reason);
    const { content } = item.evidence;
    if (content.kind !== 'dsse') return [];
    const statement = parseStatement(content.envelope.payload, item.evidence.source);
    if (statement.predicateType !== V1) return [];
    const provenance = parseProvenanceV1(statement.predicate);
    if (provenance.buildType !== BUILD_TYPE) return [];
    return [
      publishedBy(provenance.externalParameters ?? {}, provenance.resolvedDependencies, statement.subjects),
    ];
  });
  const [first, ...others] = found;
  if (first === undefined)
    return invalid('has no provenance of this build type', BUILD_TYPE, 'none among the attestations');
  for (const other of others) {
    if (inputsOf(other) !== inputsOf(first))
      invalid(
        'has provenance of several builds',
        'one source, one description and the same inputs',
        'others',
      );
  }
  return { ...first, statements: found.flatMap(({ statements }) => statements) };
}

function publishedBy(
  parameters: JsonObject,
  [source, description, ...others]: readonly ResourceDescriptor[],
  subjects: readonly Subject[],
): Published {
  const [, repository = '', ref = ''] =
    /^git\+(https:\/\/[^@\s]+)@(refs\/tags\/\S+)$/.exec(source?.uri ?? '') ?? [];
  const commit = source?.digest?.['gitCommit'] ?? '';
  const sha256 = description?.digest?.['sha256'] ?? '';
  if (repository === '' || commit === '' || description?.name !== 'description' || sha256 === '')
    return invalid(
      'does not say what was built',
      'a source by its commit, and a description by its digest',
      'others',
    );
  const text = (name: string): string => {
    const value = member(parameters, name);
    return typeof value === 'string' ? value : '';
  };
  return {
    repository,
    ref,
    commit,
    description: sha256,
    recipe:
      description.uri === `git+${repository}@${ref}#${text('recipePath')}` ? text('recipePath') : undefined,
    dependencies: new Set(others.map(({ uri, digest }) => dependencyKey(uri ?? '', digest ?? {}))),
    statements: [{ about: `${text('component')} for ${text('platform')}`, subjects }],
  };
}

/** A dependency, so that the same one gives the same text. */
export function dependencyKey(uri: string, digest: Readonly<Record<string, string>>): string {
  return canonicalize(plainJson({ uri, digest }));
}

function inputsOf({ statements: _statements, dependencies, ...same }: Published): string {
  return canonicalize(plainJson({ ...same, dependencies: [...dependencies].sort() }));
}

function invalid(message: string, expected: string, found: string): never {
  return refuse('PROVENANCE_INVALID', `the file ${message}`, {
    expected,
    found,
    hint: 'give the multiple.intoto.jsonl of one release that edgeseal-release made',
  });
}
