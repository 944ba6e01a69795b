import {
  KEADM,
  WINDOWS,
  ARM,
  LINES,
  LIST,
  BSD,
  bytesOf,
  put,
  edit,
  rename,
  expecting,
  carrying,
  spoilSignature,
  type Defect,
} from './spoil.ts';
import { cycloneDx } from '../sigstore/statement.ts';
import type { EvidenceOptions } from '../sigstore/make-evidence.ts';
import { attest, hex, lines, type MadeImage, type MadeRelease } from './made-up.ts';

/** A bill of materials with that change, listed as it is then: the lists are right, and attested. */
const relisted = (name: string, change: (text: string) => string) => (release: MadeRelease) => {
  const before = bytesOf(release, name);
  edit(name, change)(release);
  const after = bytesOf(release, name);
  edit(BSD, (text) => text.replace(hex('sha512', before), hex('sha512', after)))(release);
  edit(LIST, (text) => text.replace(hex('sha256', before), hex('sha256', after)))(release);
  release.files.set(`${LIST}.sigstore.json`, attest([[LIST, bytesOf(release, LIST)]], { seed: 'list' }));
};
const spdx3 = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1', created: '2026-01-15T09:58:00Z' },
    { type: 'SpdxDocument', spdxId: 'urn:x', creationInfo: '_:c' },
  ],
};
const CDX = `${ARM}.cdx.json`;
const SPDX = `${WINDOWS}.spdx.json`;

export const sboms: readonly Defect[] = [
  [
    'a bill of materials was changed',
    edit(CDX, (t) => t.replace('1.6', '1.5')),
    [`RELEASE_FILE_CHANGED ${CDX}`],
  ],
  [
    'CycloneDX about other bytes',
    relisted(CDX, (t) => t.replace(/[0-9a-f]{64}/, 'ab'.repeat(32))),
    [`SBOM_SUBJECT_MISMATCH ${CDX}`],
  ],
  [
    'SPDX about other bytes',
    relisted(SPDX, (t) => t.replace(/[0-9a-f]{64}/, 'ab'.repeat(32))),
    [`SBOM_SUBJECT_MISMATCH ${SPDX}`],
  ],
  [
    'CycloneDX with half a digest',
    relisted(CDX, (t) => t.replace(/[0-9a-f]{64}/, 'abcd')),
    [`SBOM_INVALID ${CDX}`],
  ],
  [
    'CycloneDX of an unknown version',
    relisted(CDX, (t) => t.replace('"1.6"', '"2.0"')),
    [`SBOM_INVALID ${CDX}`],
  ],
  [
    'SPDX without who made it',
    relisted(SPDX, (t) => t.replace('creationInfo', 'creation')),
    [`SBOM_INVALID ${SPDX}`],
  ],
  ['a bill of materials that is none', relisted(SPDX, () => '{"packages":[]}'), [`SBOM_INVALID ${SPDX}`]],
  [
    'a bill of materials in tag-value',
    relisted(SPDX, () => `# made by x\nSPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n`),
    [`SBOM_FORMAT_UNSUPPORTED ${SPDX}`],
  ],
  [
    'a bill of materials in SPDX 3',
    relisted(SPDX, () => JSON.stringify(spdx3)),
    [`SBOM_FORMAT_UNSUPPORTED ${SPDX}`],
  ],
  [
    'a bill of materials in XML, attested as a file',
    (release) => {
      const xml = '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"/>';
      put('all.txt', xml)(release);
      release.files.set('all.txt.sigstore.json', attest([['all.txt', Buffer.from(xml)]], { seed: 'xml' }));
    },
    ['SBOM_FORMAT_UNSUPPORTED all.txt'],
  ],
  [
    'a bill of materials that is told by its name only',
    put('all.cdx', Buffer.from([8, 1, 2])),
    ['SBOM_FORMAT_UNSUPPORTED all.cdx'],
  ],
  ['a bill of materials that is no JSON', relisted(SPDX, (t) => t.slice(0, -1)), [`JSON_SYNTAX ${SPDX}`]],
];

const other = {
  claims: {
    repository: 'evil/example',
    job_workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
    workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
  },
};
const BUNDLE = `${ARM}.sigstore.json`;
const about = (options: EvidenceOptions, named?: string) => (release: MadeRelease) =>
  void release.files.set(BUNDLE, attest([[named ?? 'edgeseal-linux-arm', bytesOf(release, ARM)]], options));
const stray = (name: string, content: string, options: EvidenceOptions = {}) =>
  put('stray.intoto.jsonl', lines(attest([[name, Buffer.from(content)]], { seed: 'stray', ...options })));

export const attestations: readonly Defect[] = [
  ['a signature is another', edit(BUNDLE, spoilSignature), [`SIGNATURE_INVALID ${ARM}`]],
  [
    'a bundle is cut off',
    edit(BUNDLE, (t) => t.slice(0, 200)),
    [`JSON_SYNTAX ${BUNDLE}`, `RELEASE_FILE_UNPROVEN ${ARM}`],
  ],
  ['a bundle is empty', put(BUNDLE, ''), [`RELEASE_FILE_EMPTY ${BUNDLE}`, `RELEASE_FILE_UNPROVEN ${ARM}`]],
  [
    'a bundle is another document',
    put(BUNDLE, '{"a":1}'),
    [`EVIDENCE_UNRECOGNISED ${BUNDLE}`, `RELEASE_FILE_UNPROVEN ${ARM}`],
  ],
  ['a line among the attestations is no JSON', edit(LINES, (t) => `${t}{"a":\n`), [`JSON_SYNTAX ${LINES}`]],
  [
    'somebody else signed',
    about(other),
    [`SIGNER_IDENTITY_MISMATCH ${ARM}`, `SOURCE_REPOSITORY_MISMATCH ${ARM}`],
  ],
  ['built from another tag', about({ claims: { ref: 'refs/tags/v1.2.2' } }), [`SOURCE_TAG_MISMATCH ${ARM}`]],
  ['no log entry', about({ log: 'none' }), [`LOG_ENTRY_MISSING ${ARM}`]],
  ['attested under another name', about({}, 'edgeseal-linux-riscv'), [`RELEASE_FILE_RENAMED ${ARM}`]],
  [
    'only a bill of materials is attested',
    about({ statement: cycloneDx }),
    [`ATTESTATION_MISSING ${ARM}`, `RELEASE_ATTESTATION_UNUSED ${BUNDLE}`],
  ],
  [
    'an attestation of a file that is not there',
    stray('keadm-v1.2.3-riscv.tar.gz', 'x'),
    ['RELEASE_FILE_MISSING keadm-v1.2.3-riscv.tar.gz'],
  ],
  [
    'an attestation by somebody else about nothing here',
    stray('x', 'x', other),
    ['RELEASE_ATTESTATION_UNUSED stray.intoto.jsonl'],
  ],
  [
    'an attestation by somebody else for other bytes of a file here',
    stray(KEADM, 'x', other),
    ['RELEASE_ATTESTATION_UNUSED stray.intoto.jsonl'],
  ],
  ['a second attestation for other bytes of a file here', stray(KEADM, 'x'), [`RELEASE_DUPLICATE ${KEADM}`]],
  [
    'a second attestation of a file does not pass',
    (release) =>
      void release.files.set(
        'second.sigstore.json',
        attest([[KEADM, bytesOf(release, KEADM)]], { ...other, seed: 'second' }),
      ),
    ['SIGNER_IDENTITY_MISMATCH second.sigstore.json'],
  ],
];

const CLOUD = 'ghcr.io/example-org/cloudcore:v1.2.3';
const CSI = 'ghcr.io/example-org/csidriver:v1.2.3';
const image =
  (name: string, change: (one: MadeImage) => void) =>
  ({ images }: MadeRelease) => {
    const found = images.find((one) => one.name === name);
    if (found === undefined) throw new Error(`the release has no ${name}`);
    change(found);
  };

export const images: readonly Defect[] = [
  [
    'an image is another',
    image(CLOUD, (one) => void (one.manifest = Buffer.from('{}'))),
    [`ARTIFACT_DIGEST_MISMATCH ${CLOUD}`],
  ],
  [
    'an image has no attestation',
    image(CLOUD, (one) => void (one.bundles = [])),
    [`EVIDENCE_EMPTY ${CLOUD}`],
  ],
  [
    'an image is attested by somebody else',
    image(CSI, (one) => void (one.bundles = [attest([['x', one.manifest]], other)])),
    [`SIGNER_IDENTITY_MISMATCH ${CSI}`, `SOURCE_REPOSITORY_MISMATCH ${CSI}`],
  ],
  [
    "an image's attestation has another signature",
    image(
      CSI,
      (one) => void (one.bundles = one.bundles.map((bytes) => Buffer.from(spoilSignature(bytes.toString())))),
    ),
    [`SIGNATURE_INVALID ${CSI}`],
  ],
  [
    "an image's attestation is cut off",
    image(CSI, (one) => void (one.bundles = [Buffer.from('{"a":')])),
    [`JSON_SYNTAX ${CSI}`],
  ],
  [
    'two images are each other',
    ({ images: all }) => {
      const [cloud, csi] = [CLOUD, CSI].map((name) => all.find((one) => one.name === name)!);
      [cloud!.manifest, csi!.manifest] = [csi!.manifest, cloud!.manifest];
      [cloud!.bundles, csi!.bundles] = [csi!.bundles, cloud!.bundles];
    },
    [`RELEASE_IMAGE_RENAMED ${CLOUD}`, `RELEASE_IMAGE_RENAMED ${CSI}`],
  ],
  [
    'an image is not the one that the release lists',
    image(CLOUD, (one) => void (one.pinned = `sha256:${'ab'.repeat(32)}`)),
    [`RELEASE_IMAGE_CHANGED ${CLOUD}`],
  ],
  [
    "an image is not the one that a release's file attests",
    (release) => {
      const named = [['ghcr.io/example-org/cloudcore', Buffer.from('{}')]] as const;
      release.files.set('cloudcore.intoto.jsonl', lines(attest(named, { seed: 'cloud' })));
      image(CLOUD, (one) => void (one.bundles = []))(release);
    },
    [`EVIDENCE_EMPTY ${CLOUD}`, `RELEASE_IMAGE_CHANGED ${CLOUD}`],
  ],
  [
    'an image that the release does not list',
    ({ images: all }) => {
      const extra = all.find((one) => one.name === CSI)!;
      all.push({ ...extra, name: 'mirror.example/extra/csidriver:v1.2.3', isUnlisted: true });
    },
    ['RELEASE_IMAGE_UNEXPECTED mirror.example/extra/csidriver:v1.2.3'],
  ],
  ['an image is missing', image(CSI, (one) => void (one.isMissing = true)), [`RELEASE_IMAGE_MISSING ${CSI}`]],
];

/** Changes that are none. */
export const harmless: readonly (readonly [what: string, change: (release: MadeRelease) => void])[] = [
  ['attestations under any name', rename(LINES, 'proof.txt')],
  ['a bundle in another folder', rename(`${ARM}.sigstore.json`, 'attestations/arm')],
  ['a checksum list under another name', rename(BSD, 'hashes')],
  [
    'a bill of materials that an attestation carries',
    (release) => {
      const document = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [] });
      put('all.cdx.json', document)(release);
      const named = [[KEADM, bytesOf(release, KEADM)]] as const;
      const bundle = attest(named, { seed: 'sbom', statement: carrying(JSON.parse(document)) });
      release.files.set('all.sigstore.json', bundle);
      release.policy = 'sbom';
    },
  ],
  [
    'a bill of materials that is not read, listed as a document',
    (release) => {
      put('all.spdx', 'SPDXVersion: SPDX-2.3\n')(release);
      expecting({ documents: ['*.md', 'LICENSE', '*.spdx'] })(release);
    },
  ],
  ['binary mode in a list', edit(`${ARM}.sha512`, (t) => t.replace('  ', ' *'))],
  ['a list without a last line feed', edit(BSD, (t) => t.trimEnd())],
  [
    'an attestation that is listed as a document',
    (release) => {
      stray('x', 'x', other)(release);
      expecting({ documents: ['*.md', 'LICENSE', 'stray.*'] })(release);
    },
  ],
];
