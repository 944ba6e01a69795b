import { createHash } from 'node:crypto';
import { contentOf, type Entry } from '../../release/archive/entry.ts';
import { gzip } from '../../release/archive/write-gzip.ts';
import { writeTar } from '../../release/archive/write-tar.ts';
import type { FileServer } from './file-server.ts';

/** A package as it is published. */
export interface Published {
  readonly name: string;
  readonly version: string;
  /** Content by path; `*` before a path: executable; `->` before a content: a link. */
  readonly files?: Readonly<Record<string, string>>;
  /** What package.json says more. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** The folder that everything lies in. */
  readonly folder?: string;
}

export interface Tarball {
  readonly bytes: Buffer;
  /** `sha512-BASE64`. */
  readonly integrity: string;
}

async function tarballOf({
  name,
  version,
  files,
  manifest,
  folder = 'package',
}: Published): Promise<Tarball> {
  const all = { 'package.json': JSON.stringify({ name, version, ...manifest }), ...files };
  const entries = Object.entries(all).map(([written, text]): Entry => {
    const executable = written.startsWith('*');
    const path = `${folder}/${executable ? written.slice(1) : written}`;
    return text.startsWith('->')
      ? { kind: 'link', path, target: text.slice(2) }
      : { kind: 'file', path, executable, content: contentOf(Buffer.from(text)) };
  });
  const bytes = Buffer.concat(await Array.fromAsync(gzip(writeTar(entries, { mtime: 499_162_500 }))));
  return { bytes, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
}

/** Puts packages on a server as npm's registry has them; their tarballs by name@version. */
export async function publish(
  server: FileServer,
  packages: readonly Published[],
): Promise<ReadonlyMap<string, Tarball>> {
  const tarballs = new Map<string, Tarball>();
  const versions = new Map<string, Record<string, unknown>>();
  for (const one of packages) {
    const { name, version } = one;
    const tarball = await tarballOf(one);
    tarballs.set(`${name}@${version}`, tarball);
    const path = `/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
    server.files.set(path, tarball.bytes);
    const own = versions.get(name) ?? {};
    versions.set(name, own);
    own[version] = {
      name,
      version,
      ...one.manifest,
      dist: { tarball: server.url + path, integrity: tarball.integrity },
    };
    const packument = JSON.stringify({ name, 'dist-tags': { latest: version }, versions: own });
    for (const spelling of [name, name.replace('/', '%2f')]) server.files.set(`/${spelling}`, packument);
  }
  return tarballs;
}
