/**
 * edgeseal's core: from bytes to an explained Verdict. Everything here is pure; what touches the world comes in
 * as a parameter.
 */
export { EdgesealError, reasonOf } from '#core/errors/error';
export { reasonCodes, type ReasonClass, type ReasonCode } from '#core/errors/codes';
export type { Position, Reason } from '#core/errors/reason';
export { parsePublicKey, type PublicKey } from '#core/crypto/public-key';
export type { Evidence, EvidenceItem } from '#core/sigstore/evidence';
export { parseEvidence } from '#core/sigstore/parse-evidence';
export type { Signer } from '#core/sigstore/signer';
export type { Trust, TrustedKey } from '#core/trust/trust';
export { parseTrustedRoot, type TrustedRoot } from '#core/trust/trusted-root';
export { definePolicy } from '#core/policy/define-policy';
export type { PolicyDocument } from '#core/policy/document';
export { parsePolicy } from '#core/policy/parse-policy';
export type { Policy } from '#core/policy/policy';
export { renderJson } from '#core/verdict/json';
export { renderJunit } from '#core/verdict/junit';
export { renderSarif } from '#core/verdict/sarif';
export { renderText } from '#core/verdict/text';
export type { Outcome, RequirementVerdict, Verdict } from '#core/verdict/verdict';
export type { Artifact } from '#core/verify/artifact';
export { verify, type VerifyInput } from '#core/verify/verify';
