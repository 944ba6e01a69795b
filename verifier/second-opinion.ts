import { writePem } from '#core/crypto/pem';
import { reasonOf, refuse } from '#core/errors/error';
import { askCosign, findCosign, type CosignRequest } from '#core/io/cosign-wrapper';
import type { Io } from '#core/io/io';
import type { TrustedKey } from '#core/trust/trust';
import type { Verdict } from '#core/verdict/verdict';
import { withoutSecondOpinion, withSecondOpinion } from '#core/verify/second-opinion';
import type { Artifact } from '#core/verify/artifact';
import { askableImage } from './inputs/cosign-image.ts';
import { isCue, readCueFile } from './inputs/policies.ts';
import type { RegistryFlags } from './inputs/registry-flags.ts';
import type { Answer } from './judge.ts';

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

interface OpinionFlags extends RegistryFlags {
  text(
    name:
      | 'second-opinion'
      | 'type'
      | (typeof SHARED)[number]
      | (typeof EXPRESSIONS)[number]
      | Parameters<RegistryFlags['text']>[0],
  ): string | undefined;
  texts(name: 'bundle' | 'policy'): readonly string[];
  on(name: 'insecure-ignore-tlog' | 'check-claims' | Parameters<RegistryFlags['on']>[0]): boolean | undefined;
  given(name: 'evidence' | 'key' | 'rekor-url'): boolean;
}

/** Asks the other verifier what was answered already, and puts both together. */
export interface OtherVerifier {
  readonly aboutArtifact: (artifact: Artifact, answer: Answer, trustedRoot: Uint8Array) => Promise<Answer>;
  /** @param operand the image as the caller named it */
  readonly aboutImage: (operand: string, answer: Answer, trustedRoot: Uint8Array) => Promise<Answer>;
}

/**
 * The other verifier that the flags ask for; undefined where they ask for none.
 * @throws FLAG_CONFLICT, FLAG_REQUIRED, SECOND_OPINION_UNAVAILABLE
 */
export async function openSecondOpinion(
  io: Io,
  flags: OpinionFlags,
  key: TrustedKey | undefined,
): Promise<OtherVerifier | undefined> {
  if (flags.text('second-opinion') === undefined) return undefined;
  const shared = cosignFlags(flags);
  const cue = flags.texts('policy').filter(isCue);
  const policies = cue.map((path) => readCueFile(io, path).text);
  const cosign = await findCosign(io.env);
  const pem = key && writePem({ label: 'PUBLIC KEY', der: key.key.spki });
  const ask = async (verdict: Verdict, request: Omit<CosignRequest, 'key'>): Promise<Verdict> => {
    const opinion = await askCosign(cosign, { ...request, key: pem }, io.env);
    const { who, accepts, says } = opinion;
    io.stderr(`Second opinion: ${who} ${accepts ? 'accepts' : `refuses: ${says}`}\n`);
    return withSecondOpinion(verdict, opinion);
  };
  return {
    aboutArtifact: async (artifact, { verdicts, evidence }, trustedRoot) => {
      const [asked, ...others] = verdicts;
      const [digest] = Object.entries(artifact.digests);
      if (asked === undefined || digest === undefined) return { verdicts, evidence };
      const [algorithm, value] = digest;
      const bundles = evidence.flatMap((item) => (item.kind === 'evidence' ? [bundleOf(item.evidence)] : []));
      const about = { bundles, digest: { algorithm, value } };
      return { verdicts: [await ask(asked, { about, trustedRoot, flags: shared }), ...others], evidence };
    },
    aboutImage: async (operand, { verdicts, evidence }, trustedRoot) => {
      const [asked, ...others] = verdicts;
      if (asked === undefined) return { verdicts, evidence };
      const put = async (): Promise<Verdict> => {
        const artifact: Artifact = { ...asked.artifact, kind: 'image' };
        const { about, flags: own } = await askableImage(io, flags, operand, artifact);
        return ask(asked, { about: { ...about, policies }, trustedRoot, flags: { ...shared, ...own } });
      };
      return { verdicts: [await orUnasked(asked, put), ...others], evidence };
    },
  };
}

/** What cannot be asked about one image does not hide what is known about the others, nor passes. */
async function orUnasked(verdict: Verdict, put: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await put();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason.code !== 'SECOND_OPINION_UNAVAILABLE') throw error;
    return withoutSecondOpinion(verdict, reason);
  }
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

/** What edgeseal is asked by flags, as cosign is asked it. What only a JSON policy asks, cosign is not asked. */
function cosignFlags(flags: OpinionFlags): CosignRequest['flags'] {
  const named = [...SHARED, ...EXPRESSIONS].some((name) => flags.text(name) !== undefined);
  if (flags.given('evidence')) {
    refuse(
      'FLAG_CONFLICT',
      '--second-opinion and --evidence exclude each other: cosign reads no evidence pack',
      {
        expected: '--bundle FILE, or IMAGE in a registry or a layout',
      },
    );
  }
  if (flags.texts('bundle').length > 0 && flags.texts('policy').some(isCue)) {
    refuse('FLAG_CONFLICT', '--second-opinion about a file and a policy in CUE exclude each other', {
      expected: 'IMAGE, or --policy FILE.json: cosign verify-blob-attestation takes no policy',
    });
  }
  if (flags.texts('bundle').length === 0 && flags.given('rekor-url')) {
    refuse('FLAG_CONFLICT', '--second-opinion about an image and --rekor-url exclude each other', {
      expected: 'attestations that carry their log entries: cosign would ask the log by itself',
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
