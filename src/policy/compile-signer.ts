import { parsePublicKey } from '#core/crypto/public-key';
import { EdgesealError } from '#core/errors/error';
import type { FulcioExtensions } from '#core/x509/fulcio-extensions';
import type { SignerDocument } from './document.ts';
import { extensionNames } from './extension-names.ts';
import type { Pattern, SignerRule } from './policy.ts';
import type { Site } from './site.ts';
import { compilePattern, type Tools } from './tools.ts';

/** @throws POLICY_INVALID */
export function compileSigner(document: SignerDocument, site: Site, tools: Tools): SignerRule {
  const { issuer, identity, extensions, key, transparencyLog } = document;
  if (key !== undefined) {
    if (issuer !== undefined || identity !== undefined || extensions !== undefined) {
      site.refuse('is both a key and an identity', {
        expected: 'either "key", or "issuer" and "identity"',
        hint: 'write two signers: any one of them must fit',
      });
    }
    return compileKey(key, site.child('key'), transparencyLog ?? 'required');
  }
  if (issuer === undefined || identity === undefined) {
    const missing = issuer === undefined ? 'issuer' : 'identity';
    return site.refuse(`has no ${missing}`, {
      expected: '"issuer" and "identity", or "key"',
      found: 'nothing',
      hint: 'an identity is worth as much as the issuer that vouches for it, so both are needed',
    });
  }
  if (transparencyLog !== undefined) {
    site.child('transparencyLog').refuse('is for keys', {
      expected: 'a signer with "key"',
      hint: 'a certificate always needs a proved time; leave the field out',
    });
  }
  return {
    kind: 'certificate',
    issuer: compilePattern(issuer, site.child('issuer'), tools),
    identity: compilePattern(identity, site.child('identity'), tools),
    extensions: compileExtensions(extensions ?? {}, site.child('extensions'), tools),
  };
}

type ExtensionTexts = NonNullable<SignerDocument['extensions']>;
type ExtensionPatterns = Partial<Record<keyof FulcioExtensions, Pattern>>;

function compileExtensions(texts: ExtensionTexts, site: Site, tools: Tools): ExtensionPatterns {
  const compiled: ExtensionPatterns = {};
  for (const name of extensionNames) {
    const text = texts[name];
    if (text !== undefined) compiled[name] = compilePattern(text, site.child(name), tools);
  }
  return compiled;
}

function compileKey(
  key: NonNullable<SignerDocument['key']>,
  site: Site,
  transparencyLog: 'required' | 'optional',
): SignerRule {
  const publicKey = key.pem === undefined ? undefined : readKey(key.pem, site.child('pem'));
  const keyDigest = publicKey?.digest ?? key.sha256;
  if (keyDigest === undefined) return site.refuse('names no key', { expected: '"pem" or "sha256"' });
  if (key.sha256 !== undefined && key.sha256 !== keyDigest) {
    site.child('sha256').refuse('is not the digest of the key beside it', {
      expected: keyDigest,
      found: key.sha256,
    });
  }
  return { kind: 'key', keyDigest, transparencyLog, publicKey };
}

function readKey(pem: string, site: Site): ReturnType<typeof parsePublicKey> {
  try {
    return parsePublicKey(Buffer.from(pem), 'the key');
  } catch (cause) {
    if (!(cause instanceof EdgesealError)) throw cause;
    const { expected, found, hint } = cause.reason;
    return site.refuse('is not a public key', { expected, found: found ?? cause.message, hint, cause });
  }
}
