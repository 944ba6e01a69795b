import type { Reason } from '#core/errors/reason';
import type { Signer } from '#core/sigstore/signer';
import { extensionNames } from './extension-names.ts';
import type { Pattern, SignerRule } from './policy.ts';
import { expectValue } from './rule-context.ts';
import type { Site } from './site.ts';

/**
 * Whether the signer is one of those that the requirement accepts. Where none fits, the reasons are those of
 * the nearest rule: the first of those with the fewest.
 */
export function evaluateSigner(rules: readonly SignerRule[], context: SignerContext): readonly Reason[] {
  let nearest: readonly Reason[] = [];
  for (const [i, rule] of rules.entries()) {
    const site = context.site.child('signers', i);
    const reasons =
      rule.kind === 'key'
        ? keyReasons(rule, context.signer, site)
        : certificateReasons(rule, context.signer, site);
    if (reasons.length === 0) return [];
    if (i === 0 || reasons.length < nearest.length) nearest = reasons;
  }
  if (rules.length < 2) return nearest;
  return nearest.map((reason) => ({
    ...reason,
    hint: `${reason.hint === undefined ? '' : `${reason.hint}; `}none of the ${rules.length} accepted signers fits, this one is the nearest`,
  }));
}

/** What the rules about signers need. */
export interface SignerContext {
  readonly signer: Signer;
  readonly site: Site;
}

function keyReasons(rule: SignerRule & { kind: 'key' }, signer: Signer, site: Site): readonly Reason[] {
  if (signer.kind !== 'key' || signer.keyDigest !== rule.keyDigest) {
    return [
      {
        code: 'SIGNER_KEY_MISMATCH',
        message: 'the signing key is not the expected one',
        expected: `the key sha256:${rule.keyDigest}`,
        found:
          signer.kind === 'key'
            ? `the key sha256:${signer.keyDigest}`
            : `a certificate of ${JSON.stringify(signer.identity)}`,
        at: site.position('key'),
        hint: 'ask the publisher which key signs, by another way than the one this evidence came',
      },
    ];
  }
  if (rule.transparencyLog === 'optional' || signer.logEntries.length > 0) return [];
  return [
    {
      code: 'LOG_ENTRY_MISSING',
      message: 'the signature by this key is not proved to be in a transparency log',
      expected: 'a proved log entry',
      found: 'nothing',
      at: site.position('transparencyLog'),
      hint: 'have it logged when signing, or set "transparencyLog": "optional" for this key',
    },
  ];
}

function certificateReasons(
  rule: SignerRule & { kind: 'certificate' },
  signer: Signer,
  site: Site,
): readonly Reason[] {
  if (signer.kind !== 'certificate') {
    return [
      {
        code: 'SIGNER_IDENTITY_MISMATCH',
        message: 'the signer is a plain key, not an identity',
        expected: rule.identity.text,
        found: `the key sha256:${signer.keyDigest}`,
        at: site.position('identity'),
        hint: 'accept the key under "signers", or ask for evidence signed with a certificate',
      },
    ];
  }
  const { issuer, identity, extensions } = signer;
  const reasons = [
    ...expectValue(
      {
        code: 'SIGNER_ISSUER_MISMATCH',
        what: 'the OIDC issuer of the certificate',
        expected: rule.issuer,
        at: site.child('issuer'),
        hint: 'the identity is only as good as this issuer: accept it only if you mean it',
      },
      issuer,
      'certificate.issuer',
    ),
    ...expectValue(
      {
        code: 'SIGNER_IDENTITY_MISMATCH',
        what: "the certificate's identity",
        expected: rule.identity,
        at: site.child('identity'),
        hint: identityHint(rule.identity, identity),
      },
      identity,
      'certificate.subjectAltName',
    ),
  ];
  for (const name of extensionNames) {
    const expected = rule.extensions[name];
    if (expected === undefined) continue;
    const at = site.child('extensions', name);
    const what = `the certificate's extension ${name}`;
    reasons.push(
      ...expectValue(
        { code: 'SIGNER_EXTENSION_MISMATCH', what, expected, at },
        extensions[name],
        `certificate.${name}`,
      ),
    );
  }
  return reasons;
}

function identityHint(expected: Pattern, found: string | undefined): string {
  const general = 'somebody else signed this; where that is right, accept the identity in the policy';
  if (found === undefined || expected.kind === 'regexp') return general;
  const name = (text: string): string => text.slice(0, text.lastIndexOf('@') + 1);
  if (name(found) === '' || name(found) !== name(expected.text)) return general;
  return `only what follows the @ differs; ${JSON.stringify(`${name(found)}refs/tags/*`)} accepts each of its tags`;
}
