import { refuse } from '#core/errors/error';
import { arrayAt, at, objectOf, optionalObjectOf, stringAt, type Where } from '#core/json/shape';
import { member, type JsonObject, type JsonValue } from '#core/json/value';
import type { SbomPackage } from '#core/slsa/facts';
import { dateTimeAt, textAt, type SbomContents } from './contents.ts';

/**
 * CycloneDX 1.x in JSON: all components, those inside others too.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function readCycloneDx(document: JsonObject, where: Where): SbomContents {
  const format = stringAt(document, 'bomFormat', where);
  const version = stringAt(document, 'specVersion', where);
  if (format !== 'CycloneDX' || !/^1\.\d+$/.test(version)) {
    refuse(where.code, 'not a CycloneDX document of a known version', {
      path: where.path,
      expected: 'bomFormat "CycloneDX", specVersion "1.x"',
      found: JSON.stringify([format.slice(0, 40), version.slice(0, 40)]),
    });
  }
  const inMetadata = at(where, 'metadata');
  const metadata = optionalObjectOf(member(document, 'metadata'), inMetadata) ?? {};
  const packages: SbomPackage[] = [];
  addComponents(document, where, packages);
  return { version, created: dateTimeAt(metadata, 'timestamp', inMetadata), packages };
}

function addComponents(parent: JsonObject, where: Where, packages: SbomPackage[]): void {
  for (const [index, value] of arrayAt(parent, 'components', where).entries()) {
    const inComponent = at(at(where, 'components'), index);
    const component = objectOf(value, inComponent);
    packages.push({
      name: stringAt(component, 'name', inComponent),
      version: textAt(component, 'version', inComponent),
      purl: textAt(component, 'purl', inComponent),
      licenses: arrayAt(component, 'licenses', inComponent).map((license, i) =>
        licenseOf(license, at(at(inComponent, 'licenses'), i)),
      ),
    });
    addComponents(component, inComponent, packages);
  }
}

/** `{license: {id or name}}` or `{expression}`. */
function licenseOf(value: JsonValue, where: Where): string {
  const choice = objectOf(value, where);
  const expression = textAt(choice, 'expression', where);
  if (expression !== undefined) return expression;
  const inLicense = at(where, 'license');
  const license = objectOf(member(choice, 'license'), inLicense);
  return textAt(license, 'id', inLicense) ?? stringAt(license, 'name', inLicense);
}
