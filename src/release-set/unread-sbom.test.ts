import { describe, expect, test } from 'vitest';
import { readDocument } from './read-document.ts';

const codeOf = (path: string, text: string): string | undefined => {
  const document = readDocument(path, Buffer.from(text));
  return document?.kind === 'broken' ? document.reason.code : document?.kind;
};
const SPDX_3 =
  '{"@context":["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"],"@graph":[{"type":"CreationInfo","specVersion":"3.0.1"}]}';

describe('bills of materials in notations that are not read', () => {
  test.each([
    ['x', 'SPDXVersion: SPDX-2.3\n'],
    ['x.txt', '\ufeff# made by\n\nSPDXVersion: SPDX-2.3\n'],
    ['x', '---\nspdxVersion: "SPDX-2.3"\n'],
    ['x', 'bomFormat: CycloneDX\n'],
    [
      'x',
      '<?xml version="1.0"?>\n<!-- c -->\n<bom serialNumber="u" xmlns="http://cyclonedx.org/schema/bom/1.4">',
    ],
    ['x', '\ufeff<b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.6">'],
    ['x', '<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#">'],
    ['bom.xml', 'anything'],
    ['app-bom.xml', 'anything'],
    ['app.spdx', 'anything'],
    ['app.cdx', '\u0008\u0001'],
    ['app.spdx.yaml', 'anything'],
    ['app.cdx.xml', 'anything'],
    ['app.json', SPDX_3],
    ['app.spdx.json', SPDX_3],
  ])('%s %j', (path, text) => expect(codeOf(path, text)).toBe('SBOM_FORMAT_UNSUPPORTED'));

  test.each([
    ['x.html', '<html>http://cyclonedx.org/schema/bom', undefined],
    ['x.sh', '#!/bin/sh\necho SPDXVersion: x\n', undefined],
    ['x.md', 'See SPDXVersion: it is a field\n', undefined],
    ['bomb.xml', '<x/>', undefined],
    ['notspdx', 'x', undefined],
    ['app.spdx', '{"spdxVersion":"SPDX-9"}', 'SBOM_INVALID'],
    ['app.spdx.sha256', `${'ab'.repeat(32)}\n`, 'checksums'],
  ])('%s %j is none: %s', (path, text, code) => expect(codeOf(path, text)).toBe(code));

  test('a long beginning takes no time to tell', () => {
    expect(codeOf('x', `<${'bom '.repeat(50_000)}`)).toBeUndefined();
    expect(codeOf('x', '#\n'.repeat(100_000))).toBeUndefined();
  });
});
