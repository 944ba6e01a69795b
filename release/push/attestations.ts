import { EdgesealError, refuse } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/statement';
import { parseJson } from '#core/json/parse';
import { isObject, member } from '#core/json/value';
import { BUNDLE_PREFIX } from '#core/oci/media-types';
import { parseEvidence } from '#core/sigstore/parse-evidence';

/** A bundle that is attached to the images which it is about. */
export interface ImageBundle {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly predicateType: string;
  /** SHA-256 of its subjects, in hexadecimal. */
  readonly subjects: ReadonlySet<string>;
}

/**
 * Reads the attestations of a release: Sigstore bundles, one a line. Nothing in them is believed: who pulls an
 * image verifies them.
 * @param name of the file, for reasons
 * @throws EVIDENCE_EMPTY, EVIDENCE_UNRECOGNISED, STATEMENT_INVALID, and why a line cannot be read
 */
export function parseAttestations(bytes: Uint8Array, name: string): readonly ImageBundle[] {
  return parseEvidence(bytes, name).map((item) => {
    if (item.kind === 'refused') {
      const { code, message, ...detail } = item.reason;
      throw new EdgesealError(code, message, detail);
    }
    const { content, format, source, bytes: own } = item.evidence;
    if (content.kind !== 'dsse' || format !== 'bundle' || own === undefined) {
      return refuse('EVIDENCE_UNRECOGNISED', `${source} cannot be attached to an image`, {
        expected: 'a Sigstore bundle with an attestation, on a line of its own',
        found:
          content.kind === 'dsse' ? 'an envelope without a bundle' : 'a signature without an attestation',
      });
    }
    const { predicateType, subjects } = parseStatement(content.envelope.payload, source);
    const text = typeof own === 'string' ? own : Buffer.from(own).toString('utf8');
    return {
      bytes: Buffer.from(text.trim(), 'utf8'),
      mediaType: mediaTypeOf(text, source),
      predicateType,
      subjects: new Set(
        subjects
          .flatMap(({ digest }) => (Object.hasOwn(digest, 'sha256') ? [digest['sha256']] : []))
          .filter((hex) => hex !== undefined),
      ),
    };
  });
}

function mediaTypeOf(text: string, source: string): string {
  const value = parseJson(text, source);
  const own = isObject(value) ? member(value, 'mediaType') : undefined;
  if (typeof own === 'string' && own.startsWith(`${BUNDLE_PREFIX}.v`)) return own;
  return refuse('BUNDLE_VERSION_UNSUPPORTED', `${source} is of a version that is not attached to images`, {
    path: 'mediaType',
    expected: `${BUNDLE_PREFIX}.v0.3+json`,
    found: typeof own === 'string' ? JSON.stringify(own.slice(0, 200)) : 'none',
  });
}
