import { parseExpectation } from '#core/release-set/expectation';
import { statementV1, type StatementMaker } from '../sigstore/statement.ts';
import type { MadeRelease } from './made-up.ts';

/** One defect of a release, and all that is told of it: `CODE name`. */
export type Defect = readonly [what: string, spoil: (release: MadeRelease) => void, told: readonly string[]];

export const KEADM = 'keadm-v1.2.3-linux-amd64.tar.gz';
export const EDGE = 'edgesite-v1.2.3-linux-arm.tar.gz';
export const WINDOWS = 'bin/edgeseal-windows-amd64';
export const ARM = 'bin/edgeseal-linux-arm';
export const LINES = 'multiple.intoto.jsonl';
export const LIST = 'SHA256SUMS';
export const BSD = 'checksums.txt';
export const SIDECAR = `checksum_${KEADM}.txt`;

/** The attested list is what vouches for the bills of materials. */
export const SBOMS_UNPROVEN = [
  'linux-amd64.cdx',
  'linux-arm.cdx',
  'linux-arm64.spdx',
  'windows-amd64.spdx',
].map((name) => `RELEASE_FILE_UNPROVEN bin/edgeseal-${name}.json`);
export const LIST_CHANGED = [
  `CHECKSUM_INCOMPLETE ${LIST}`,
  `RELEASE_FILE_CHANGED ${LIST}`,
  ...SBOMS_UNPROVEN,
];

export const bytesOf = ({ files }: MadeRelease, name: string): Buffer => {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`the release has no ${name}`);
  return bytes;
};
export const put = (name: string, content: string | Buffer) => (release: MadeRelease) =>
  void release.files.set(name, Buffer.from(content));
export const drop = (name: string) => (release: MadeRelease) => {
  bytesOf(release, name);
  release.files.delete(name);
};
export const edit = (name: string, change: (text: string) => string) => (release: MadeRelease) => {
  const before = bytesOf(release, name).toString();
  const after = change(before);
  if (after === before) throw new Error(`${name} was not changed`);
  release.files.set(name, Buffer.from(after));
};
export const rename = (from: string, to: string) => (release: MadeRelease) => {
  const bytes = bytesOf(release, from);
  release.files.delete(from);
  release.files.set(to, bytes);
};
export const swap = (a: string, b: string) => (release: MadeRelease) => {
  const [first, second] = [bytesOf(release, a), bytesOf(release, b)];
  release.files.set(a, second).set(b, first);
};
export const expecting = (document: object) => (release: MadeRelease) => {
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
export const carrying =
  (predicate: Parameters<typeof statementV1>[2]): StatementMaker =>
  (subjects) =>
    statementV1(subjects, 'https://cyclonedx.org/bom', predicate);
/** The envelope of a bundle says something else than what was signed. */
export const spoilSignature = (text: string): string =>
  json(text, ({ dsseEnvelope }) => {
    const signature = dsseEnvelope.signatures[0]!;
    const bytes = Buffer.from(signature.sig, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    signature.sig = bytes.toString('base64');
  });
