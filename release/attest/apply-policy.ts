import { refuse } from '#core/errors/error';
import type { Policy } from '#core/policy/policy';
import { globPattern } from '#core/policy/pattern';
import { fileOfBytes, fileOfDigests } from '#core/release-set/read-file';
import { NO_EXPECTATION } from '#core/release-set/expectation';
import type { ReleaseFile } from '#core/release-set/release-file';
import { verifyRelease } from '#core/release-set/verify-release';
import type { TrustedRoot } from '#core/trust/trusted-root';
import { reasonsAgainst } from '#core/verdict/reasons';
import { renderText } from '#core/verdict/text';
import type { BuildRecord } from '../build/build-record.ts';
import type { Plan } from '../plan/plan.ts';
import type { CheckedAsset } from './check-build.ts';

/** A release before anybody sees it. */
export interface FinishedRelease {
  readonly plan: Plan;
  readonly build: Pick<BuildRecord, 'images'>;
  readonly assets: readonly CheckedAsset[];
  /** Bills of materials, attestations and checksums, by their names. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

/** By what, and when, a release is judged. */
export interface PolicyGround {
  readonly root: TrustedRoot;
  readonly now: Date;
  /** What is left where it is refused. */
  readonly hint: string;
  /** Gets each verdict that is against it. */
  readonly tell: (text: string) => void;
}

/**
 * Asks what `edgeseal verify-release` will be asked: all of the release, and nothing else, as its policy wants it.
 * @throws RELEASE_POLICY_REFUSED
 */
export function applyPolicy(
  { plan, build, assets, documents }: FinishedRelease,
  policy: Policy,
  { root, now, hint, tell }: PolicyGround,
): void {
  const files: readonly ReleaseFile[] = [
    ...assets.map(({ built: { name, sha256, sha512 } }) => fileOfDigests(name, { sha256, sha512 })),
    ...[...documents].map(([name, bytes]) => fileOfBytes(name, bytes)),
  ];
  const verdicts = verifyRelease({
    name: `${plan.name} ${plan.version}`,
    files,
    images: build.images.map(({ references, digest, platforms }) => ({
      name: references[0] ?? digest,
      pinned: digest,
      subjects: [digest, ...platforms.map((one) => one.digest)].map((one) => ({
        artifact: {
          name: references[0] ?? digest,
          kind: 'image',
          digests: { sha256: one.slice('sha256:'.length) },
        },
        evidence: [],
      })),
    })),
    expectation: {
      ...NO_EXPECTATION,
      files: plan.assets.map(({ name }) => ({ pattern: globPattern(name), at: undefined })),
    },
    policies: [policy],
    trust: { root, keys: [] },
    now,
  });
  const against = verdicts.filter(({ outcome }) => outcome !== 'pass');
  if (against.length === 0) return;
  for (const verdict of against) tell(renderText(verdict));
  const [first] = against.flatMap(reasonsAgainst);
  refuse('RELEASE_POLICY_REFUSED', 'the release does not pass its own policy', {
    path: plan.policy,
    expected: 'every file and image as the policy asks',
    found:
      first === undefined ? `${against.length} refused` : `${first.reason.code}: ${first.reason.message}`,
    hint,
  });
}
