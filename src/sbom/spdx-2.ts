import { refuse } from '#core/errors/error';
import { arrayAt, at, objectAt, objectOf, stringAt, type Where } from '#core/json/shape';
import type { JsonObject } from '#core/json/value';
import type { SbomPackage } from '#core/slsa/facts';
import { dateTimeAt, textAt, type SbomContents } from './contents.ts';

/** What SPDX writes where it says nothing about a licence. */
const NO_LICENSE: ReadonlySet<string> = new Set(['NOASSERTION', 'NONE']);

/**
 * SPDX 2.x in JSON.
 * @see https://spdx.github.io/spdx-spec/v2.3/
 */
export function readSpdx2(document: JsonObject, where: Where): SbomContents {
  const spdxVersion = stringAt(document, 'spdxVersion', where);
  const version = /^SPDX-(2\.\d+)$/.exec(spdxVersion)?.[1];
  if (version === undefined) {
    return refuse(where.code, 'not an SPDX document of a known version', {
      path: at(where, 'spdxVersion').path,
      expected: '"SPDX-2.x"',
      found: JSON.stringify(spdxVersion.slice(0, 40)),
    });
  }
  const creation = objectAt(document, 'creationInfo', where);
  const packages = arrayAt(document, 'packages', where).map((value, index) => {
    const inPackage = at(at(where, 'packages'), index);
    return packageOf(objectOf(value, inPackage), inPackage);
  });
  return { version, created: dateTimeAt(creation, 'created', at(where, 'creationInfo')), packages };
}

function packageOf(object: JsonObject, where: Where): SbomPackage {
  const licenses = new Set<string>();
  for (const key of ['licenseConcluded', 'licenseDeclared']) {
    const license = textAt(object, key, where);
    if (license !== undefined && !NO_LICENSE.has(license)) licenses.add(license);
  }
  return {
    name: stringAt(object, 'name', where),
    version: textAt(object, 'versionInfo', where),
    purl: purlOf(object, where),
    licenses: [...licenses],
  };
}

function purlOf(object: JsonObject, where: Where): string | undefined {
  for (const [index, value] of arrayAt(object, 'externalRefs', where).entries()) {
    const inReference = at(at(where, 'externalRefs'), index);
    const reference = objectOf(value, inReference);
    if (stringAt(reference, 'referenceType', inReference) !== 'purl') continue;
    return stringAt(reference, 'referenceLocator', inReference);
  }
  return undefined;
}
