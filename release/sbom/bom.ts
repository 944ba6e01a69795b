import { sha256Hex } from '#core/bytes/digest';
import { canonicalize } from '#core/json/canonical';
import type { JsonObject } from '#core/json/value';

/** What a bill of materials is about, and by whom it is written. */
export interface BomHead {
  readonly type: 'application' | 'container';
  readonly name: string;
  readonly version: string;
  readonly digest: { readonly sha256: string; readonly sha512?: string };
  readonly repository: string;
  readonly commit: string;
  /** Seconds since 1970: the source commit's, so that the same release has the same bill of materials. */
  readonly time: number;
  /** Of edgeseal-release. */
  readonly toolVersion: string;
}

/** One entry of a bill of materials. */
export interface BomComponent {
  /** Names it in the document. */
  readonly ref: string;
  readonly type: 'library' | 'file' | 'platform' | 'container';
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  /** By algorithm: `sha256`, ...; other digests are left out. */
  readonly digest: Readonly<Record<string, string>>;
  readonly license?: string;
  /** `required`: in it; `excluded`: only to make it. */
  readonly scope: 'required' | 'excluded';
  /** References of what it depends on. */
  readonly needs: readonly string[];
}

const ALGORITHMS: readonly (readonly [string, string])[] = [
  ['sha256', 'SHA-256'],
  ['sha384', 'SHA-384'],
  ['sha512', 'SHA-512'],
];
/** Identifiers of SPDX, joined; what else stands for a licence is a name. */
const EXPRESSION = /^[A-Za-z0-9.+()-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+()-]+)*$/;

/**
 * A bill of materials in CycloneDX 1.6, canonical JSON: the same content has the same bytes and serial number.
 * @param needs references of what the artifact itself depends on
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function writeBom(
  head: BomHead,
  components: readonly BomComponent[],
  needs: readonly string[],
): Uint8Array {
  const ref = `artifact:${head.name}`;
  const listed = components.toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  const document: JsonObject = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(head.time * 1000).toISOString().replace('.000Z', 'Z'),
      lifecycles: [{ phase: 'build' }],
      tools: {
        components: [{ type: 'application', name: 'edgeseal-release', version: head.toolVersion }],
      },
      component: {
        type: head.type,
        'bom-ref': ref,
        name: head.name,
        version: head.version,
        hashes: hashesOf(head.digest),
        externalReferences: [{ type: 'vcs', url: head.repository, comment: `commit ${head.commit}` }],
      },
    },
    components: listed.map(componentJson),
    dependencies: [
      { ref, dependsOn: needs.toSorted() },
      ...listed.map(({ ref: own, needs: its }) => ({ ref: own, dependsOn: its.toSorted() })),
    ],
    compositions: [{ aggregate: 'complete', assemblies: [ref] }],
  };
  const serialNumber = `urn:uuid:${uuidOf(sha256Hex(canonicalize(document)))}`;
  return Buffer.from(`${canonicalize({ ...document, serialNumber })}\n`);
}

function componentJson({ ref, type, name, version, purl, digest, license, scope }: BomComponent): JsonObject {
  return {
    type,
    'bom-ref': ref,
    name,
    ...(version === undefined ? {} : { version }),
    scope,
    hashes: hashesOf(digest),
    ...(license === undefined
      ? {}
      : { licenses: [EXPRESSION.test(license) ? { expression: license } : { license: { name: license } }] }),
    ...(purl === undefined ? {} : { purl }),
  };
}

function hashesOf(digest: Readonly<Record<string, string>>): readonly JsonObject[] {
  const digests = new Map(Object.entries(digest));
  return ALGORITHMS.flatMap(([algorithm, alg]) => {
    const content = digests.get(algorithm);
    return content === undefined ? [] : [{ alg, content }];
  });
}

/** RFC 9562 version 8: 122 bits of a digest. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
