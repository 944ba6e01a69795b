import { refuse } from '#core/errors/error';
import type { Statement } from '#core/in-toto-attestation/types';
import { arrayAt, at, objectAt, objectOf, optionalObjectOf, stringAt, type Where } from '#core/json/shape';
import { isArray, isObject, kindOf, member, type JsonObject, type JsonValue } from '#core/json/value';
import type { VulnerabilityFacts } from '#core/slsa/facts';
import { dateTimeAt, textAt } from './contents.ts';

type Finding = VulnerabilityFacts['findings'][number];

/** Vulnerability report of cosign: the scanner's own output inside. */
const COSIGN_VULN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const PREDICATE: Where = { code: 'PREDICATE_INVALID', path: 'predicate' };
const RESULT: Where = { code: 'PREDICATE_INVALID', path: 'predicate.scanner.result' };

/** Whether a predicate type is a vulnerability report. */
export function isVulnerabilityType(predicateType: string): boolean {
  return (
    predicateType === COSIGN_VULN ||
    /^https:\/\/in-toto\.io\/attestation\/vulns(\/v0\.[12])?$/.test(predicateType)
  );
}

/**
 * A vulnerability report: in-toto's vulns v0.1 and v0.2, and cosign's with the output of Trivy or Grype. A
 * report whose findings cannot be read is refused, for it would look like one without findings.
 * @see https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md
 * @throws PREDICATE_INVALID
 */
export function parseVulnerabilities(statement: Statement): VulnerabilityFacts {
  const predicate = objectOf(statement.predicate, PREDICATE);
  const inScanner = at(PREDICATE, 'scanner');
  const scanner = objectAt(predicate, 'scanner', PREDICATE);
  const inMetadata = at(PREDICATE, 'metadata');
  const metadata = optionalObjectOf(member(predicate, 'metadata'), inMetadata) ?? {};
  const result = member(scanner, 'result');
  return {
    kind: 'vulnerabilities',
    predicateType: statement.predicateType,
    scanner: textAt(scanner, 'uri', inScanner),
    scanFinishedOn: dateTimeAt(metadata, 'scanFinishedOn', inMetadata),
    findings:
      statement.predicateType === COSIGN_VULN ? scannerOutput(result) : inTotoResult(scanner, inScanner),
  };
}

function inTotoResult(scanner: JsonObject, where: Where): readonly Finding[] {
  return arrayAt(scanner, 'result', where).flatMap((value, index) => {
    const inFinding = at(RESULT, index);
    const finding = objectOf(value, inFinding);
    const id = stringAt(finding, 'id', inFinding);
    const severities = arrayAt(finding, 'severity', inFinding).map((each, i) => {
      const inSeverity = at(at(inFinding, 'severity'), i);
      return rating(stringAt(objectOf(each, inSeverity), 'score', inSeverity));
    });
    return severities.length === 0
      ? [{ id, severity: undefined }]
      : severities.map((severity) => ({ id, severity }));
  });
}

/** Output of Trivy (`Results`) or Grype (`matches`). */
function scannerOutput(result: JsonValue | undefined): readonly Finding[] {
  if (isObject(result) && isArray(member(result, 'matches'))) {
    return arrayAt(result, 'matches', RESULT).map((value, index) => {
      const where = at(at(RESULT, 'matches'), index);
      const vulnerability = objectAt(objectOf(value, where), 'vulnerability', where);
      return findingOf(vulnerability, 'id', 'severity', at(where, 'vulnerability'));
    });
  }
  if (isObject(result) && Object.hasOwn(result, 'Results')) return trivyFindings(result);
  return refuse('PREDICATE_INVALID', 'the findings of the scanner cannot be read', {
    path: RESULT.path,
    expected: 'the JSON output of Trivy or Grype',
    found: kindOf(result),
    hint: 'attest the report as https://in-toto.io/attestation/vulns/v0.2',
  });
}

function trivyFindings(result: JsonObject): readonly Finding[] {
  return arrayAt(result, 'Results', RESULT).flatMap((value, index) => {
    const where = at(at(RESULT, 'Results'), index);
    return arrayAt(objectOf(value, where), 'Vulnerabilities', where).map((each, i) => {
      const inFinding = at(at(where, 'Vulnerabilities'), i);
      return findingOf(objectOf(each, inFinding), 'VulnerabilityID', 'Severity', inFinding);
    });
  });
}

function findingOf(object: JsonObject, idKey: string, severityKey: string, where: Where): Finding {
  return { id: stringAt(object, idKey, where), severity: textAt(object, severityKey, where) };
}

/**
 * The word for a CVSS base score; a text that is no score is the scanner's own word.
 * @see https://www.first.org/cvss/v3.1/specification-document section 5
 */
function rating(score: string): string | undefined {
  if (!/^\d{1,2}(\.\d{1,2})?$/.test(score)) return score === '' ? undefined : score;
  const number = Number(score);
  if (number > 10) return undefined;
  if (number >= 9) return 'CRITICAL';
  if (number >= 7) return 'HIGH';
  if (number >= 4) return 'MEDIUM';
  return number > 0 ? 'LOW' : 'NONE';
}
