import type { Reason } from '#core/errors/reason';

/** Names of bills of materials in other notations than JSON, by their last parts. */
const NAME =
  /(?:\.spdx|\.cdx|\.cyclonedx)(?:\.(?:xml|rdf|ya?ml|tv|tag|txt|pb|bin|xlsx?))?$|(?:^|[._-])bom\.xml$/i;
const CYCLONEDX_XML = /<(?:\w{1,20}:)?bom\s[^>]{0,1000}http:\/\/cyclonedx\.org\/schema\/bom/;
const SPDX_RDF = /<rdf:RDF\s[^>]{0,2000}spdx\.org\/rdf/;
const SPDX_LINES = /^(?:SPDXVersion:\s|["']?spdxVersion["']?:\s)/;
const CYCLONEDX_LINES = /^["']?bomFormat["']?:\s*["']?CycloneDX/;

/**
 * The notation of a bill of materials that is not read, as `SPDX in tag-value`; undefined for any other file.
 * @param name the last part of its path
 * @param start its beginning, a character an octet
 */
export function unreadSbomFormat(name: string, start: string): string | undefined {
  const text = start.startsWith('\u00ef\u00bb\u00bf') ? start.slice(3) : start;
  if (text.trimStart().startsWith('<')) {
    if (CYCLONEDX_XML.test(text)) return 'CycloneDX in XML';
    if (SPDX_RDF.test(text)) return 'SPDX in RDF/XML';
  }
  const first = text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#') && line !== '---');
  if (first !== undefined && SPDX_LINES.test(first))
    return first.startsWith('SPDX') ? 'SPDX in tag-value' : 'SPDX in YAML';
  if (first !== undefined && CYCLONEDX_LINES.test(first)) return 'CycloneDX in YAML';
  return NAME.test(name) ? 'what its name says is a bill of materials, and no JSON' : undefined;
}

/** Why a bill of materials is not accepted: what it is about cannot be compared with the release. */
export function unreadSbom(format: string): Reason {
  return {
    code: 'SBOM_FORMAT_UNSUPPORTED',
    message: 'what the bill of materials is about is not read',
    expected: 'CycloneDX or SPDX 2, as JSON',
    found: format,
    hint: 'publish it as JSON (cyclonedx convert, pyspdxtools); or list it under "documents" of --expect: then nothing of it is checked',
  };
}
