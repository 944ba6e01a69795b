import { writePem } from '#core/crypto/pem';
import { refuse } from '#core/errors/error';
import { askCosign, findCosign, type CosignRequest } from '#core/io/cosign-wrapper';
import type { Io } from '#core/io/io';
import type { TrustedKey } from '#core/trust/trust';
import { withSecondOpinion } from '#core/verify/second-opinion';
import type { Artifact } from '#core/verify/artifact';
import type { Answer } from './judge.ts';

export const secondOpinionFlags = {
  'second-opinion': {
    kind: 'text',
    value: 'TOOL',
    oneOf: ['cosign'],
    about:
      'also ask an installed cosign 3 (EDGESEAL_COSIGN, else the first on PATH) what --bundle, --type and identity or --key amount to, and refuse where it answers otherwise',
  },
} as const;

/** The flags that cosign is asked by too. */
const SHARED = [
  'certificate-identity',
  'certificate-oidc-issuer',
  'certificate-github-workflow-trigger',
  'certificate-github-workflow-sha',
  'certificate-github-workflow-name',
  'certificate-github-workflow-repository',
  'certificate-github-workflow-ref',
] as const;
/** Expressions must fit the whole value here, and any part of it there. */
const EXPRESSIONS = ['certificate-identity-regexp', 'certificate-oidc-issuer-regexp'] as const;

interface OpinionFlags {
  text(
    name: 'second-opinion' | 'type' | (typeof SHARED)[number] | (typeof EXPRESSIONS)[number],
  ): string | undefined;
  texts(name: 'bundle' | 'policy'): readonly string[];
  on(name: 'insecure-ignore-tlog' | 'check-claims'): boolean | undefined;
  given(name: 'evidence' | 'key'): boolean;
}

/** Asks the other verifier what was answered already, and puts both together. */
export type AskOther = (artifact: Artifact, answer: Answer, believed: Believed) => Promise<Answer>;

/** What both verifiers believe. */
interface Believed {
  readonly trustedRoot: Uint8Array;
  readonly key: TrustedKey | undefined;
}

/**
 * The other verifier that the flags ask for; undefined where they ask for none.
 * @throws FLAG_CONFLICT, FLAG_REQUIRED, SECOND_OPINION_UNAVAILABLE
 */
export async function openSecondOpinion(io: Io, flags: OpinionFlags): Promise<AskOther | undefined> {
  if (flags.text('second-opinion') === undefined) return undefined;
  const shared = cosignFlags(flags);
  const cosign = await findCosign(io.env);
  return async (artifact, { verdicts, evidence }, { trustedRoot, key }) => {
    const [asked, ...others] = verdicts;
    const [digest] = Object.entries(artifact.digests);
    if (asked === undefined || digest === undefined) return { verdicts, evidence };
    const [algorithm, value] = digest;
    const request: CosignRequest = {
      bundles: evidence.flatMap((item) => (item.kind === 'evidence' ? [bundleOf(item.evidence)] : [])),
      trustedRoot,
      key: key && writePem({ label: 'PUBLIC KEY', der: key.key.spki }),
      flags: shared,
      digest: { algorithm, value },
    };
    const opinion = await askCosign(cosign, request, io.env);
    const { who, accepts, says } = opinion;
    io.stderr(`Second opinion: ${who} ${accepts ? 'accepts' : `refuses: ${says}`}\n`);
    return { verdicts: [withSecondOpinion(asked, opinion), ...others], evidence };
  };
}

function bundleOf({
  format,
  bytes,
  source,
}: {
  format: string;
  bytes?: Uint8Array | string | undefined;
  source: string;
}): Uint8Array | string {
  if (format === 'bundle' && bytes !== undefined) return bytes;
  return refuse('SECOND_OPINION_UNAVAILABLE', `cosign does not read ${source}`, {
    expected: 'a Sigstore bundle',
    found: 'a bare envelope',
    hint: 'make a bundle of it by evidence import, or let the log be searched by --rekor-url',
  });
}

/** What edgeseal is asked by flags, as cosign is asked it. What only a policy asks, cosign is not asked. */
function cosignFlags(flags: OpinionFlags): CosignRequest['flags'] {
  const named = [...SHARED, ...EXPRESSIONS].some((name) => flags.text(name) !== undefined);
  if (flags.texts('bundle').length === 0 || flags.given('evidence')) {
    refuse('FLAG_CONFLICT', '--second-opinion is about attestations in bundles', {
      expected: '--bundle FILE, without --evidence',
    });
  }
  if (!named && !flags.given('key')) {
    refuse('FLAG_REQUIRED', '--second-opinion needs to know who must have signed', {
      expected:
        '--certificate-identity and --certificate-oidc-issuer, or --key; a policy may stand beside them',
    });
  }
  const type = flags.text('type');
  if (type === undefined && flags.texts('policy').length > 0) {
    refuse('FLAG_REQUIRED', '--second-opinion needs the predicate type', { expected: '--type TYPE' });
  }
  const expressions = EXPRESSIONS.map((name) => {
    const text = flags.text(name);
    return [name, text === undefined ? undefined : `^(?:${text})$`] as const;
  });
  return {
    type: type ?? 'custom',
    ...Object.fromEntries(SHARED.map((name) => [name, flags.text(name)] as const)),
    ...Object.fromEntries(expressions),
    ...(flags.on('insecure-ignore-tlog') === true ? { 'insecure-ignore-tlog': 'true' } : {}),
    ...(flags.on('check-claims') === false ? { 'check-claims': 'false' } : {}),
  };
}
