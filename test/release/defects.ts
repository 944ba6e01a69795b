import { attestations, images, sboms } from './defects-evidence.ts';
import {
  KEADM,
  EDGE,
  WINDOWS,
  ARM,
  LIST,
  BSD,
  SIDECAR,
  SBOMS_UNPROVEN,
  LIST_CHANGED,
  bytesOf,
  put,
  drop,
  edit,
  rename,
  swap,
  expecting,
  type Defect,
} from './spoil.ts';
import { unsafeFile } from '#core/release-set/read-file';

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

export const defects: readonly Defect[] = [
  ...changedFiles,
  ...missingFiles,
  ...extraFiles,
  ...checksums,
  ...sboms,
  ...attestations,
  ...images,
];
