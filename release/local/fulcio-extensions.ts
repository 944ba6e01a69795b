import type { Claims } from './claims.ts';
import { utf8String } from './der.ts';
import type { Extension } from './x509.ts';

const arc = '1.3.6.1.4.1.57264.1';

export const fulcioOid = (number: number): string => `${arc}.${number}`;

/** .1 to .6: the bare bytes of the text. */
export function rawExtension(number: number, text: string): Extension {
  return { oid: fulcioOid(number), value: Buffer.from(text) };
}

/** .8 to .24: a DER UTF8String. */
export function utf8Extension(number: number, text: string): Extension {
  return { oid: fulcioOid(number), value: utf8String(text) };
}

/** The issuer alone, as for an e-mail identity. */
export function issuerExtensions(issuer: string): Extension[] {
  return [rawExtension(1, issuer), utf8Extension(8, issuer)];
}

/**
 * Everything that Fulcio writes for a token of GitHub's, in its order.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export function claimExtensions(claims: Claims): Extension[] {
  const github = 'https://github.com/';
  const extensions = [
    rawExtension(1, claims.iss),
    rawExtension(2, claims.event_name),
    rawExtension(3, claims.sha),
    rawExtension(4, claims.workflow),
    rawExtension(5, claims.repository),
    rawExtension(6, claims.ref),
    utf8Extension(8, claims.iss),
    utf8Extension(9, github + claims.job_workflow_ref),
    utf8Extension(10, claims.job_workflow_sha),
    utf8Extension(11, claims.runner_environment),
    utf8Extension(12, github + claims.repository),
    utf8Extension(13, claims.sha),
    utf8Extension(14, claims.ref),
    utf8Extension(15, claims.repository_id),
    utf8Extension(16, github + claims.repository_owner),
    utf8Extension(17, claims.repository_owner_id),
    utf8Extension(18, github + claims.workflow_ref),
    utf8Extension(19, claims.workflow_sha),
    utf8Extension(20, claims.event_name),
    utf8Extension(
      21,
      `${github}${claims.repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}`,
    ),
    utf8Extension(22, claims.repository_visibility),
  ];
  if (claims.environment !== undefined) extensions.push(utf8Extension(23, claims.environment));
  extensions.push(utf8Extension(24, claims.sub));
  return extensions;
}
