import { sha256Hex } from '#core/bytes/digest';
import type { ReasonCode } from '#core/errors/codes';
import { EdgesealError, refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import type { EvidenceItem } from '#core/sigstore/evidence';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { GithubRepository } from './github-answer.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubAttestation } from './github-attestations.ts';

/** What says something about the connection or all of GitHub, and not about one bundle. */
const OF_ALL: ReadonlySet<ReasonCode> = new Set([
  'NETWORK_UNAVAILABLE',
  'REGISTRY_TIMEOUT',
  'GITHUB_RATE_LIMITED',
  'GITHUB_UNAVAILABLE',
]);

/** What GitHub's attestations API has about files, each bundle once. */
export class GithubEvidence {
  readonly #api: GithubApi;
  readonly #repository: GithubRepository;
  readonly #known = new Map<string, readonly EvidenceItem[]>();
  #octets = 0;

  constructor(api: GithubApi, repository: GithubRepository) {
    this.#api = api;
    this.#repository = repository;
  }

  /**
   * The attestations of a file; none is an empty list. A bundle that is not to be had becomes a refused item and
   * does not hide the others.
   * @param digest `sha256:HEX`
   * @throws GITHUB_RATE_LIMITED, GITHUB_UNAVAILABLE, GITHUB_ANSWER_INVALID, INPUT_TOO_LARGE, NETWORK_UNAVAILABLE
   */
  async about(digest: string): Promise<readonly EvidenceItem[]> {
    const { owner, repository } = this.#repository;
    const source = `github:${owner}/${repository} attestations of ${digest.slice(0, 19)}`;
    const found: EvidenceItem[] = [];
    for (const attestation of await this.#api.attestations(this.#repository, digest)) {
      try {
        const bundle = await this.#bundleOf(attestation, source);
        found.push(...this.#itemsIn(bundle, source));
      } catch (error) {
        if (!(error instanceof EdgesealError) || OF_ALL.has(error.code)) throw error;
        const { reason } = error;
        found.push({ kind: 'refused', digest: sha256Hex(attestation.listed), source, reason });
      }
    }
    this.#checkSize();
    return found;
  }

  async #bundleOf({ bundle, url }: GithubAttestation, source: string): Promise<Uint8Array> {
    if (bundle !== undefined) return Buffer.from(bundle);
    if (url !== undefined) return this.#api.bundle(url, source);
    return refuse('EVIDENCE_UNRECOGNISED', 'GitHub has an attestation and does not give its bundle', {
      path: 'bundle',
      expected: 'a Sigstore bundle, or bundle_url',
      found: 'none',
    });
  }

  #itemsIn(bundle: Uint8Array, source: string): readonly EvidenceItem[] {
    const digest = sha256Hex(bundle);
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const items = parseEvidence(bundle, source);
    this.#known.set(digest, items);
    this.#octets += bundle.length;
    return items;
  }

  #checkSize(): void {
    if (this.#octets <= limits.releaseDocuments) return;
    refuse('INPUT_TOO_LARGE', 'GitHub has too many attestations of the files', {
      expected: `at most ${limits.releaseDocuments} octets of them`,
    });
  }
}
