import { unsafeFile } from '#core/release-set/read-file';
import { parseExpectation } from '#core/release-set/expectation';
import { cycloneDx, statementV1, type StatementMaker } from '../sigstore/statement.ts';
import type { EvidenceOptions } from '../sigstore/make-evidence.ts';
import { attest, hex, lines, type MadeImage, type MadeRelease } from './made-up.ts';

/** One defect of a release, and all that is told of it: `CODE name`. */
export type Defect = readonly [what: string, spoil: (release: MadeRelease) => void, told: readonly string[]];

const KEADM = 'keadm-v1.2.3-linux-amd64.tar.gz';
const EDGE = 'edgesite-v1.2.3-linux-arm.tar.gz';
const WINDOWS = 'bin/edgeseal-windows-amd64';
const ARM = 'bin/edgeseal-linux-arm';
const LINES = 'multiple.intoto.jsonl';
const LIST = 'SHA256SUMS';
const BSD = 'checksums.txt';
const SIDECAR = `checksum_${KEADM}.txt`;

/** The attested list is what vouches for the bills of materials. */
const SBOMS_UNPROVEN = ['linux-amd64.cdx', 'linux-arm.cdx', 'linux-arm64.spdx', 'windows-amd64.spdx'].map(
  (name) => `RELEASE_FILE_UNPROVEN bin/edgeseal-${name}.json`,
);
const LIST_CHANGED = [`CHECKSUM_INCOMPLETE ${LIST}`, `RELEASE_FILE_CHANGED ${LIST}`, ...SBOMS_UNPROVEN];

const bytesOf = ({ files }: MadeRelease, name: string): Buffer => {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`the release has no ${name}`);
  return bytes;
};
const put = (name: string, content: string | Buffer) => (release: MadeRelease) =>
  void release.files.set(name, Buffer.from(content));
const drop = (name: string) => (release: MadeRelease) => {
  bytesOf(release, name);
  release.files.delete(name);
};
const edit = (name: string, change: (text: string) => string) => (release: MadeRelease) => {
  const before = bytesOf(release, name).toString();
  const after = change(before);
  if (after === before) throw new Error(`${name} was not changed`);
  release.files.set(name, Buffer.from(after));
};
const rename = (from: string, to: string) => (release: MadeRelease) => {
  const bytes = bytesOf(release, from);
  release.files.delete(from);
  release.files.set(to, bytes);
};
const swap = (a: string, b: string) => (release: MadeRelease) => {
  const [first, second] = [bytesOf(release, a), bytesOf(release, b)];
  release.files.set(a, second).set(b, first);
};
const expecting = (document: object) => (release: MadeRelease) => {
  const text = JSON.stringify({ documents: ['*.md', 'LICENSE'], ...document });
  release.expectation = parseExpectation(text, 'expected.json');
};
const json = (
  text: string,
  change: (value: { dsseEnvelope: { signatures: { sig: string }[] } }) => void,
): string => {
  const value = JSON.parse(text);
  change(value);
  return JSON.stringify(value);
};
const carrying =
  (predicate: Parameters<typeof statementV1>[2]): StatementMaker =>
  (subjects) =>
    statementV1(subjects, 'https://cyclonedx.org/bom', predicate);
/** The envelope of a bundle says something else than what was signed. */
const spoilSignature = (text: string): string =>
  json(text, ({ dsseEnvelope }) => {
    const signature = dsseEnvelope.signatures[0]!;
    const bytes = Buffer.from(signature.sig, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    signature.sig = bytes.toString('base64');
  });

const changedFiles: readonly Defect[] = [
  ['a tarball has a byte more', edit(KEADM, (t) => `${t}\n`), [`RELEASE_FILE_CHANGED ${KEADM}`]],
  ['a tarball has another byte', edit(KEADM, (t) => t.replace('b', 'B')), [`RELEASE_FILE_CHANGED ${KEADM}`]],
  ['a program was changed', put(WINDOWS, 'something else'), [`RELEASE_FILE_CHANGED ${WINDOWS}`]],
  ['a tarball is empty', put(KEADM, ''), [`RELEASE_FILE_EMPTY ${KEADM}`]],
  ['a program is empty', put(ARM, ''), [`RELEASE_FILE_EMPTY ${ARM}`]],
  ['a document is empty', put('LICENSE', ''), ['RELEASE_FILE_EMPTY LICENSE']],
  [
    'two tarballs are each other',
    swap(KEADM, EDGE),
    [`RELEASE_FILE_RENAMED ${EDGE}`, `RELEASE_FILE_RENAMED ${KEADM}`],
  ],
  ['a tarball has another name', rename(KEADM, 'keadm.tar.gz'), ['RELEASE_FILE_RENAMED keadm.tar.gz']],
  [
    'a program under the name of another one',
    (release) => void release.files.set(WINDOWS, bytesOf(release, ARM)),
    [`RELEASE_FILE_RENAMED ${WINDOWS}`],
  ],
  [
    'a program is there a second time under another name',
    (release) => void release.files.set('bin/edgeseal', bytesOf(release, ARM)),
    ['RELEASE_FILE_RENAMED bin/edgeseal'],
  ],
];

const missingFiles: readonly Defect[] = [
  ['a tarball is missing', drop(KEADM), [`RELEASE_FILE_MISSING ${KEADM}`]],
  ['a program is missing', drop(ARM), [`RELEASE_FILE_MISSING ${ARM}`.replace('bin/', '')]],
  [
    'what only a glob names is missing',
    expecting({ files: ['kubeedge-*', 'edgeseal-*.msi'] }),
    ['RELEASE_FILE_MISSING edgeseal-*.msi'],
  ],
  [
    'a bill of materials is missing',
    drop(`${WINDOWS}.spdx.json`),
    [`RELEASE_FILE_MISSING ${WINDOWS}.spdx.json`],
  ],
  ['the checksum file beside a tarball is missing', drop(SIDECAR), [`CHECKSUM_INCOMPLETE ${KEADM}`]],
  ['the checksum file beside a program is missing', drop(`${ARM}.sha512`), [`CHECKSUM_INCOMPLETE ${ARM}`]],
  ['the bundle of a program is missing', drop(`${ARM}.sigstore.json`), [`RELEASE_FILE_UNPROVEN ${ARM}`]],
  ['the attested checksum list is missing', drop(LIST), [`RELEASE_FILE_MISSING ${LIST}`, ...SBOMS_UNPROVEN]],
];

const extraFiles: readonly Defect[] = [
  ['a file that nobody knows', put('install.sh', 'curl | sh\n'), ['RELEASE_FILE_UNPROVEN install.sh']],
  ['one in a folder', put('bin/plugins/x.so', 'x'), ['RELEASE_FILE_UNPROVEN bin/plugins/x.so']],
  ['a hidden file', put('.profile', 'x'), ['RELEASE_FILE_UNPROVEN .profile']],
  ['a JSON file', put('config.json', '{"a":1}'), ['RELEASE_FILE_UNPROVEN config.json']],
  ['a signature that is not read', put(`${LIST}.asc`, '-----BEGIN'), [`RELEASE_FILE_UNPROVEN ${LIST}.asc`]],
  [
    'a bill of materials that nothing vouches for',
    (release) =>
      void release.files.set(
        'copy.cdx.json',
        Buffer.concat([bytesOf(release, `${ARM}.cdx.json`), Buffer.from('\n')]),
      ),
    ['RELEASE_FILE_UNPROVEN copy.cdx.json'],
  ],
  ['a name in other letters', put('LICENCE.MD', 'x'), ['RELEASE_FILE_UNPROVEN LICENCE.MD']],
  [
    'the same name in other letters',
    put('License', 'x'),
    ['RELEASE_DUPLICATE License', 'RELEASE_FILE_UNPROVEN License'],
  ],
  ['the same name in other case, a document', put('changes.md', 'x'), ['RELEASE_DUPLICATE changes.md']],
  [
    'a symbolic link',
    ({ links }) => void links.push(unsafeFile('latest', 'a symbolic link')),
    ['RELEASE_FILE_UNSAFE latest'],
  ],
  [
    'a name that leaves the release',
    ({ links }) => void links.push(unsafeFile('../etc/passwd', 'a name that is not plain')),
    ['RELEASE_FILE_UNSAFE ../etc/passwd'],
  ],
];

const checksums: readonly Defect[] = [
  [
    'a bare checksum is another',
    edit(SIDECAR, (t) => t.replace(/^./, (c) => (c === '0' ? '1' : '0'))),
    [`CHECKSUM_MISMATCH ${SIDECAR}`],
  ],
  [
    'a checksum beside a program is another',
    edit(`${ARM}.sha512`, (t) => t.replace(/^./, (c) => (c === '0' ? '1' : '0'))),
    [`CHECKSUM_MISMATCH ${ARM}.sha512`],
  ],
  [
    'a checksum in BSD form is another',
    edit(BSD, (t) => t.replace(/.\n$/, (c) => (c === '0\n' ? '1\n' : '0\n'))),
    [`CHECKSUM_MISMATCH ${BSD}`],
  ],
  [
    'a list leaves a file out',
    edit(BSD, (t) => t.replace(/.*keadm-v1.2.3-linux-arm64.*\n/, '')),
    [`CHECKSUM_INCOMPLETE ${BSD}`],
  ],
  [
    'a list names a file that is not there',
    edit(BSD, (t) => `${t}SHA512 (extra.tar.gz) = ${'ab'.repeat(64)}\n`),
    ['RELEASE_FILE_MISSING extra.tar.gz'],
  ],
  [
    'a list names a file twice',
    edit(BSD, (t) => t + t.slice(0, t.indexOf('\n') + 1)),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  [
    'a list leaves the release',
    edit(BSD, (t) => `${t}SHA512 (../x) = ${'ab'.repeat(64)}\n`),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  [
    'a list begins at the root',
    edit(BSD, (t) => `${t}SHA512 (/etc/passwd) = ${'ab'.repeat(64)}\n`),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  ['a list has carriage returns', edit(BSD, (t) => t.replace('\n', '\r\n')), [`CHECKSUM_INVALID ${BSD}`]],
  ['a list has a comment', edit(BSD, (t) => `# checksums\n${t}`), [`CHECKSUM_INVALID ${BSD}`]],
  ['a list has an empty line', edit(BSD, (t) => `${t}\n`), [`CHECKSUM_INVALID ${BSD}`]],
  [
    'a list has a weak checksum',
    edit(BSD, (t) => `${t}MD5 (LICENSE) = ${'ab'.repeat(16)}\n`),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  [
    'a list has a checksum of another algorithm than it says',
    edit(BSD, (t) => `${t}SHA256 (LICENSE) = ${'ab'.repeat(64)}\n`),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  ['a list has a truncated checksum', edit(BSD, (t) => t.replace(/.\n$/, '\n')), [`CHECKSUM_INVALID ${BSD}`]],
  [
    'a list has capitals',
    edit(BSD, (t) => t.replace(/[0-9a-f]{128}/, (h) => h.toUpperCase())),
    [`CHECKSUM_INVALID ${BSD}`],
  ],
  [
    'a checksum beside a file names another',
    edit(`${ARM}.sha512`, (t) => t.replace('linux-arm', 'linux-arm64')),
    [`CHECKSUM_INVALID ${ARM}.sha512`],
  ],
  ['a list is empty', put(BSD, ''), [`RELEASE_FILE_EMPTY ${BSD}`]],
  ['a list is binary', put(BSD, Buffer.from([0xff, 0xfe, 0x00])), [`UTF8_INVALID ${BSD}`]],
  [
    'an attested list was changed',
    edit(LIST, (t) => t.replace(/.*keadm-v1.2.3-linux-arm64.*\n/, '')),
    LIST_CHANGED,
  ],
];

/** A bill of materials with that change, listed as it is then: the lists are right, and attested. */
const relisted = (name: string, change: (text: string) => string) => (release: MadeRelease) => {
  const before = bytesOf(release, name);
  edit(name, change)(release);
  const after = bytesOf(release, name);
  edit(BSD, (text) => text.replace(hex('sha512', before), hex('sha512', after)))(release);
  edit(LIST, (text) => text.replace(hex('sha256', before), hex('sha256', after)))(release);
  release.files.set(`${LIST}.sigstore.json`, attest([[LIST, bytesOf(release, LIST)]], { seed: 'list' }));
};
const CDX = `${ARM}.cdx.json`;
const SPDX = `${WINDOWS}.spdx.json`;

const sboms: readonly Defect[] = [
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

const attestations: readonly Defect[] = [
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

const images: readonly Defect[] = [
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
  ['an image is missing', image(CSI, (one) => void (one.isMissing = true)), [`RELEASE_IMAGE_MISSING ${CSI}`]],
];

export const defects: readonly Defect[] = [
  ...changedFiles,
  ...missingFiles,
  ...extraFiles,
  ...checksums,
  ...sboms,
  ...attestations,
  ...images,
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
