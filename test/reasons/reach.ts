import { reasonOf } from '#core/errors/error';
import { reasonCodes, type ReasonCode } from '#core/errors/codes';
import type { Reason } from '#core/errors/reason';
import type { Io } from '#core/io/io';
import { nodeFiles } from '#core/io/files';
import { definePolicy } from '#core/policy/define-policy';
import type { PolicyDocument, RequirementDocument } from '#core/policy/document';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import type { Verdict } from '#core/verdict/verdict';
import { verify, type VerifyInput } from '#core/verify/verify';
import { main } from '../../verifier/main.ts';
import { githubIssuer } from '../sigstore/claims.ts';
import { defects } from '../sigstore/defects.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { artifactOf, trustOf } from '../sigstore/trust.ts';

/** One real way to a reason: the reasons that it gives. */
export type Reach = () => readonly Reason[] | Promise<readonly Reason[]>;
export type Reaches = Readonly<Partial<Record<ReasonCode, Reach>>>;

const NOW = new Date('2026-06-01T00:00:00Z');
export const anyGithub = { issuer: githubIssuer, identity: 'https://github.com/**' };

/** What a call throws. */
export async function thrown(call: () => unknown): Promise<readonly Reason[]> {
  try {
    await call();
    return [];
  } catch (error) {
    return [reasonOf(error)];
  }
}

/** Every reason of a verdict, wherever it stands. */
function reasonsOf(verdict: Verdict): readonly Reason[] {
  return [
    ...verdict.reasons,
    ...verdict.requirements.flatMap((requirement) => [
      ...requirement.reasons,
      ...requirement.attestations.flatMap((attestation) => attestation.reasons),
    ]),
  ];
}

/** The verdict's reasons on a fixture by a policy. */
export async function judged(
  fixture: EvidenceFixture,
  policy: Omit<PolicyDocument, 'name'>,
  given: Partial<VerifyInput> = {},
): Promise<readonly Reason[]> {
  try {
    return reasonsOf(
      verify({
        artifact: artifactOf(fixture),
        evidence: parseEvidence(fixture.bytes, 'evidence.jsonl'),
        policy: await definePolicy({ name: 'test', ...policy }),
        trust: trustOf(fixture),
        now: NOW,
        ...given,
      }),
    );
  } catch (error) {
    return [reasonOf(error)];
  }
}

/** Genuine evidence, judged by one requirement; who signed matters only where the requirement says so. */
export function required(requirement: RequirementDocument, options: EvidenceOptions = {}): Reach {
  return () => judged(makeEvidence(options), { requirements: [{ signers: [anyGithub], ...requirement }] });
}

/** Evidence with a named defect, judged by the most lenient policy that there is. */
export function defect(name: string): Reach {
  return () => {
    const found = defects[name];
    if (found === undefined) throw new Error(`no defect is called ${name}`);
    const fixture = found.make();
    const key = { pem: fixture.publicKeyPem };
    const signers =
      fixture.certificate === undefined ? [{ key, transparencyLog: 'optional' as const }] : [anyGithub];
    return judged(fixture, { requirements: [{ signers }] });
  };
}

/** What the command line says, with the files of a folder. */
export function told(folder: string, argv: readonly string[], world: Partial<Io> = {}): Reach {
  return async () => {
    let said = '';
    const io: Io = {
      files: nodeFiles(folder),
      stdout: () => undefined,
      stderr: (text) => void (said += text),
      now: () => NOW,
      env: {},
      seeds: () => Buffer.from('{}'),
      tuf: () => Promise.reject(new Error('no network in a test')),
      ...world,
    };
    const code = await main(argv, io);
    if (code === 0) return [];
    return [...said.matchAll(/^\s*([A-Z][A-Z0-9_]+): (.*)$/gm)].flatMap(([, reason = '', message = '']) =>
      isReasonCode(reason) ? [{ code: reason, message }] : [],
    );
  };
}

function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(reasonCodes, text);
}
