import { refuse } from '#core/errors/error';
import type { Statement } from '#core/in-toto-attestation/types';
import { objectOf, type Where } from '#core/json/shape';
import type { SbomFacts } from '#core/slsa/facts';
import { readCycloneDx } from './cyclonedx.ts';
import { readSpdx2 } from './spdx-2.ts';
import { readSpdx3 } from './spdx-3.ts';

const PREDICATE: Where = { code: 'SBOM_INVALID', path: 'predicate' };

/** Whether a predicate type is CycloneDX's or SPDX's, with or without version. */
export function isSbomType(predicateType: string): boolean {
  return /^https:\/\/(cyclonedx\.org\/bom|spdx\.dev\/Document)(\/v\d+(\.\d+)*)?$/.test(predicateType);
}

/**
 * A software bill of materials: CycloneDX 1.x, SPDX 2.x, or the packages of SPDX 3.
 * @throws SBOM_INVALID
 */
export function parseSbom(statement: Pick<Statement, 'predicateType' | 'predicate'>): SbomFacts {
  const { predicateType } = statement;
  const document = objectOf(statement.predicate, PREDICATE);
  if (predicateType.startsWith('https://cyclonedx.org/')) {
    return { kind: 'sbom', predicateType, format: 'CycloneDX', ...readCycloneDx(document, PREDICATE) };
  }
  const read = Object.hasOwn(document, '@graph') ? readSpdx3 : readSpdx2;
  const contents = read(document, PREDICATE);
  const asked = /\/v(\d+)(?:\.|$)/.exec(predicateType)?.[1];
  if (asked !== undefined && contents.version.split('.')[0] !== asked) {
    refuse('SBOM_INVALID', 'the document is of another version than its predicate type', {
      path: 'predicate',
      expected: `SPDX ${asked}`,
      found: `SPDX ${JSON.stringify(contents.version.slice(0, 40))}`,
    });
  }
  return { kind: 'sbom', predicateType, format: 'SPDX', ...contents };
}
