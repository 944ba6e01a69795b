import { refuse } from '#core/errors/error';
import { arrayAt, at, objectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import type { SbomPackage } from '#core/slsa/facts';
import { dateTimeAt, textAt, type SbomContents } from './contents.ts';

/**
 * The packages of an SPDX 3 graph (JSON-LD); licences, which are relationships there, are not followed.
 * @see https://spdx.github.io/spdx-spec/v3.0.1/
 */
export function readSpdx3(document: JsonObject, where: Where): SbomContents {
  const packages: SbomPackage[] = [];
  let version: string | undefined;
  let created: string | undefined;
  for (const [index, value] of arrayAt(document, '@graph', where).entries()) {
    const inElement = at(at(where, '@graph'), index);
    const element = objectOf(value, inElement);
    const type = member(element, 'type') ?? member(element, '@type');
    if (type === 'CreationInfo') {
      version ??= textAt(element, 'specVersion', inElement);
      created ??= dateTimeAt(element, 'created', inElement);
    }
    if (type !== 'software_Package') continue;
    packages.push({
      name: stringAt(element, 'name', inElement),
      version: textAt(element, 'software_packageVersion', inElement),
      purl: textAt(element, 'software_packageUrl', inElement),
      licenses: [],
    });
  }
  if (version === undefined || !/^3\.\d+(\.\d+)?$/.test(version)) {
    return refuse(where.code, 'not an SPDX document of a known version', {
      path: at(where, '@graph').path,
      expected: 'a CreationInfo with specVersion "3.x"',
      found: JSON.stringify(version?.slice(0, 40) ?? null),
    });
  }
  return { version, created, packages };
}
