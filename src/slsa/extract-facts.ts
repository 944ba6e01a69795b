import type { Statement } from '#core/in-toto-attestation/types';
import { isSbomType, parseSbom } from '#core/sbom/sbom';
import { isVulnerabilityType, parseVulnerabilities } from '#core/sbom/vulnerabilities';
import type { Signer } from '#core/sigstore/signer';
import { parseVsa, VSA_TYPE } from '#core/vsa/vsa';
import { claimsOfV02 } from './claims-v0.2.ts';
import { claimsOfV1 } from './claims-v1.ts';
import type { Facts } from './facts.ts';
import { factsOfProvenance } from './provenance-facts.ts';
import { isPublishType, parsePublish } from './publish.ts';

const PROVENANCE_V02 = 'https://slsa.dev/provenance/v0.2';
/** `/v1`, and `/v1.0` of the container-based builder's drafts. */
const PROVENANCE_V1 = /^https:\/\/slsa\.dev\/provenance\/v1(\.\d+(\?draft)?)?$/;

/**
 * What a statement says, in the shape of its predicate, as its signer bears it out: provenance is compared
 * with the certificate here, always. A predicate of an unknown type is `other`.
 * @throws PROVENANCE_INVALID, PROVENANCE_CONTRADICTS_CERTIFICATE, VSA_INVALID, SBOM_INVALID, PREDICATE_INVALID,
 * DIGEST_INVALID, RESOURCE_DESCRIPTOR_INVALID, BASE64_INVALID
 */
export function extractFacts(statement: Statement, signer: Signer): Facts {
  const { predicateType, predicate } = statement;
  if (predicateType === PROVENANCE_V02) {
    return factsOfProvenance(claimsOfV02(predicateType, predicate), signer);
  }
  if (PROVENANCE_V1.test(predicateType))
    return factsOfProvenance(claimsOfV1(predicateType, predicate), signer);
  if (predicateType === VSA_TYPE) return parseVsa(statement);
  if (isSbomType(predicateType)) return parseSbom(statement);
  if (isVulnerabilityType(predicateType)) return parseVulnerabilities(statement);
  if (isPublishType(predicateType)) return parsePublish(statement);
  return { kind: 'other', predicateType };
}
