import { refuse } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { parseJsonBytes } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import type { Verdict } from '#core/verdict/verdict';
import { outcomeOf, worstOutcome } from './outcome.ts';

/** What cosign is asked: what edgeseal is asked by flags. File names are of files that it reads. */
export interface CosignQuestion {
  readonly about: BundleQuestion | ImageQuestion;
  readonly trustedRoot: string;
  readonly key: string | undefined;
  /** Values of cosign's flags by their names without dashes; undefined ones are left out, several given in turn. */
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** About an artifact, by one bundle. */
interface BundleQuestion {
  readonly bundle: string;
  readonly digest: { readonly algorithm: string; readonly value: string };
}

/** About an image, by what is attached to it. */
interface ImageQuestion {
  /** By its digest; or the folder of an OCI layout. */
  readonly image: string;
  /** Whether the layers of `.att` are meant, which cosign passes over where there are bundles. */
  readonly inLayers: boolean;
}

/** What another verifier said about the same evidence. */
export interface SecondOpinion {
  /** As `cosign v3.1.3`. */
  readonly who: string;
  readonly accepts: boolean;
  /** In its own words; cut, and quoted as JSON. */
  readonly says: string;
}

/** The arguments of `cosign verify-blob-attestation`, or of `verify-attestation`, which must not ask a log. */
export function cosignArguments({ about, trustedRoot, key, flags }: CosignQuestion): readonly string[] {
  const given = Object.entries(flags).flatMap(([name, value = []]) =>
    [value].flat().map((one) => `--${name}=${one}`),
  );
  const common = [`--trusted-root=${trustedRoot}`, ...(key === undefined ? [] : [`--key=${key}`]), ...given];
  if ('image' in about) {
    const layers = about.inLayers ? ['--new-bundle-format=false'] : [];
    return ['verify-attestation', ...common, '--offline=true', ...layers, about.image];
  }
  const { bundle, digest } = about;
  const named = [`--digest=${digest.value}`, `--digestAlg=${digest.algorithm}`];
  return ['verify-blob-attestation', `--bundle=${bundle}`, ...common, ...named];
}

/** The version in the answer to `cosign version --json`, without its `v`; undefined where there is none. */
export function cosignVersion(stdout: Uint8Array): string | undefined {
  try {
    const answer = parseJsonBytes(stdout, 'the answer of cosign');
    const version = isObject(answer) ? member(answer, 'gitVersion') : undefined;
    return typeof version === 'string' ? /^v(\d[\w.+-]{0,60})$/.exec(version)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * cosign's answer: exit code 0 accepts, any other refuses.
 * @throws SECOND_OPINION_UNAVAILABLE where it did not judge but could not be asked so
 */
export function readCosignAnswer(who: string, status: number, stderr: string): SecondOpinion {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const last = lines.findLast((line) => line.startsWith('Error: ')) ?? lines.at(-1) ?? 'nothing';
  const says = JSON.stringify(last.replace(/^Error: /, '').slice(0, 300));
  if (/^Error: (?:unknown (?:shorthand )?flag|unknown command|invalid argument)/.test(last)) {
    return refuse('SECOND_OPINION_UNAVAILABLE', `${who} does not understand the question`, {
      found: says,
      hint: 'use a version of cosign that edgeseal supports: see docs/compatibility.md',
    });
  }
  if (UNREAD.test(last)) {
    return refuse('SECOND_OPINION_UNAVAILABLE', `${who} could not read what it is asked about`, {
      found: says,
      hint: 'check by hand that cosign can read the image; it has its own way to the registry',
    });
  }
  return { who, accepts: status === 0, says };
}

/** How cosign says that a registry did not answer, or that a layout is none. */
const UNREAD =
  /: (?:GET|Get|HEAD|Head|POST|Post) "?https?:\/\/|^Error: (?:checking local image|loading OCI layout)/;

/** The verdict where the other could not be asked: no acceptance stands then. */
export function withoutSecondOpinion(verdict: Verdict, reason: Reason): Verdict {
  const reasons = [...verdict.reasons, reason];
  return { ...verdict, reasons, outcome: verdict.outcome === 'pass' ? outcomeOf([reason]) : verdict.outcome };
}

/** The verdict with the other's opinion: where the two disagree it is a refusal that shows both. */
export function withSecondOpinion(verdict: Verdict, { who, accepts, says }: SecondOpinion): Verdict {
  if (verdict.outcome === 'error' || accepts === (verdict.outcome === 'pass')) return verdict;
  const reasons: Verdict['reasons'] = [
    ...verdict.reasons,
    {
      code: 'SECOND_OPINION_DISAGREES',
      message: 'another verifier answers otherwise',
      expected: `edgeseal: ${accepts ? 'refused' : 'accepted'}`,
      found: `${who}: ${accepts ? 'accepted' : 'refused'}: ${says}`,
      hint: 'one of the two is wrong, or they differ on purpose: see docs/compatibility.md; until that is clear, do not use the artifact',
    },
  ];
  return { ...verdict, reasons, outcome: worstOutcome(reasons, [verdict]) };
}
