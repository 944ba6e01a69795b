/** Short names of predicate types, as cosign's `--type` has them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['custom', 'https://cosign.sigstore.dev/attestation/v1'],
  ['slsaprovenance', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance02', 'https://slsa.dev/provenance/v0.2'],
  ['slsaprovenance1', 'https://slsa.dev/provenance/v1'],
  ['spdx', 'https://spdx.dev/Document'],
  ['spdxjson', 'https://spdx.dev/Document'],
  ['cyclonedx', 'https://cyclonedx.org/bom'],
  ['link', 'https://in-toto.io/Link/v1'],
  ['vuln', 'https://cosign.sigstore.dev/attestation/vuln/v1'],
  ['openvex', 'https://openvex.dev/ns'],
]);

/** Types whose versions (`/v2.3`) are members of the family that the bare URI names. */
const FAMILIES: ReadonlySet<string> = new Set([
  'https://spdx.dev/Document',
  'https://cyclonedx.org/bom',
  'https://openvex.dev/ns',
  'https://in-toto.io/attestation/vulns',
  'https://in-toto.io/attestation/release',
  'https://in-toto.io/attestation/scai',
  'https://in-toto.io/attestation/test-result',
  'https://in-toto.io/attestation/svr',
]);

/** Major versions that include their minor ones: `/v1` is met by `/v1.0`. */
const MAJOR_VERSIONS: ReadonlySet<string> = new Set(['https://slsa.dev/provenance/v1']);

/** The predicate type URI that an alias stands for; any other text is taken as the URI itself. */
export function resolvePredicateType(aliasOrUri: string): string {
  return ALIASES.get(aliasOrUri) ?? aliasOrUri;
}

/**
 * Whether a statement's predicate type is what was asked for: equal, or a version of the family that was
 * asked for (`https://spdx.dev/Document` is met by `https://spdx.dev/Document/v2.3`, never the reverse).
 * @param wanted alias or URI
 */
export function predicateTypeMatches(wanted: string, found: string): boolean {
  const uri = resolvePredicateType(wanted);
  if (uri === found) return true;
  if (!found.startsWith(uri)) return false;
  const rest = found.slice(uri.length);
  if (FAMILIES.has(uri)) return /^\/v\d+(\.\d+)*$/.test(rest);
  return MAJOR_VERSIONS.has(uri) && /^\.\d+(\?draft)?$/.test(rest);
}

/** The alias for a predicate type, for hints. */
export function aliasOfPredicateType(uri: string): string | undefined {
  for (const [alias, type] of ALIASES) if (type === uri) return alias;
  return undefined;
}
