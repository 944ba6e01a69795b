import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { refuse } from '#core/errors/error';
import { parseDigest, formatDigest, type OciDigest } from './digest.ts';
import { Layout, type ReadLayoutFile } from './layout.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const REF_NAME = 'org.opencontainers.image.ref.name';
type Entry = Readonly<Record<string, unknown>> & { readonly digest: string };

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const read = (text: string): OciDigest => parseDigest(text, 'IMAGE_REFERENCE_INVALID');

/** The files of a layout. */
class Folder {
  readonly files = new Map<string, Buffer>([['oci-layout', bytesOf({ imageLayoutVersion: '1.0.0' })]]);

  blob(bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.files.set(`blobs/${digest.replace(':', '/')}`, bytes);
    return digest;
  }

  /** A manifest, told apart by its text. */
  manifest(text: string, subject?: Entry): Entry {
    const content = this.blob(Buffer.from(text));
    const one = { mediaType: 'text/x', digest: content, size: text.length };
    const bytes = bytesOf({ schemaVersion: 2, mediaType: MANIFEST, config: one, layers: [one], subject });
    return { mediaType: MANIFEST, digest: this.blob(bytes), size: bytes.length };
  }

  open(...manifests: readonly unknown[]): Layout {
    this.files.set('index.json', bytesOf({ schemaVersion: 2, manifests }));
    const list = (): readonly string[] =>
      [...this.files.keys()].flatMap((path) => path.split('blobs/sha256/')[1] ?? []);
    return new Layout(this.#read, 'folder', list);
  }

  readonly #read: ReadLayoutFile = (path) => this.files.get(path) ?? refuse('FILE_NOT_FOUND', path);
}

const annotated = (entry: Entry, name: string, text: string): Entry => ({
  ...entry,
  annotations: { [name]: text },
});
const kind = (entry: Entry, what: string): Entry =>
  annotated(entry, 'kind', `dev.cosignproject.cosign/${what}`);
const named = (entry: Entry, name: string): Entry => annotated(entry, REF_NAME, name);

describe('the image of a layout', () => {
  test.each<[string, (folder: Folder, image: Entry) => readonly Entry[]]>([
    ['the only entry', (_, image) => [image]],
    ['listed twice', (_, image) => [image, named(image, 'v1')]],
    ['what cosign marks', (folder, image) => [folder.manifest('b'), kind(image, 'image')]],
    ['what cosign marks, an index', (folder, image) => [folder.manifest('b'), kind(image, 'imageIndex')]],
    [
      'beside what cosign attaches',
      (folder, image) => [image, kind(folder.manifest('b'), 'atts'), kind(folder.manifest('c'), 'sigs')],
    ],
    [
      'beside tags of attachments',
      (folder, image) => [image, named(folder.manifest('b'), `${image.digest.replace(':', '-')}.att`)],
    ],
    ['beside referrers', (folder, image) => [image, folder.manifest('b', image)]],
  ])('%s', (_, entries) => {
    const folder = new Folder();
    const image = folder.manifest('a');
    expect(formatDigest(folder.open(...entries(folder, image)).image())).toBe(image.digest);
  });

  test.each<[string, (folder: Folder) => readonly unknown[], string]>([
    ['none', () => [], 'IMAGE_LAYOUT_INVALID'],
    ['two', (folder) => [folder.manifest('a'), folder.manifest('b')], 'IMAGE_LAYOUT_INVALID'],
    [
      'two that are marked',
      (folder) => [kind(folder.manifest('a'), 'image'), kind(folder.manifest('b'), 'image')],
      'IMAGE_LAYOUT_INVALID',
    ],
    ['no descriptor', () => ['x'], 'IMAGE_MANIFEST_INVALID'],
  ])('refused: %s', (_, entries, code) => {
    const folder = new Folder();
    expect(() => folder.open(...entries(folder)).image()).toThrow(expect.objectContaining({ code }));
  });
});

test.each<[string, unknown, string]>([
  ['no version', {}, 'IMAGE_LAYOUT_INVALID'],
  ['another version', { imageLayoutVersion: '2.0.0' }, 'IMAGE_LAYOUT_INVALID'],
  ['no object', [], 'IMAGE_LAYOUT_INVALID'],
])('oci-layout: %s', (_, content, code) => {
  const folder = new Folder();
  folder.files.set('oci-layout', bytesOf(content));
  expect(() => folder.open()).toThrow(expect.objectContaining({ code }));
});

test('no layout at all', () => {
  expect(() => new Layout((path) => refuse('FILE_NOT_FOUND', path), 'folder')).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
});

describe('content', () => {
  const descriptor = (digest: string, size: number): Parameters<Layout['blob']>[0] => ({
    mediaType: 'text/x',
    digest: read(digest),
    size,
    artifactType: undefined,
    annotations: {},
    platform: undefined,
  });

  test('is what its digest and size say', async () => {
    const folder = new Folder();
    const digest = folder.blob(Buffer.from('abc'));
    expect(await folder.open().blob(descriptor(digest, 3))).toEqual(Buffer.from('abc'));
  });

  test.each<[string, string | undefined, number, string]>([
    ['is not there', undefined, 3, 'REGISTRY_CONTENT_MISSING'],
    ['is another', 'abd', 3, 'REGISTRY_DIGEST_MISMATCH'],
    ['is longer', 'abc', 2, 'REGISTRY_SIZE_MISMATCH'],
    ['is shorter', 'abc', 4, 'REGISTRY_SIZE_MISMATCH'],
  ])('refused: %s', async (_, content, size, code) => {
    const folder = new Folder();
    const digest = digestOf(Buffer.from('abc'));
    if (content !== undefined) folder.files.set(`blobs/${digest.replace(':', '/')}`, Buffer.from(content));
    await expect(folder.open().blob(descriptor(digest, size))).rejects.toMatchObject({ code });
  });

  test('a manifest of other octets', async () => {
    const folder = new Folder();
    const image = folder.manifest('a');
    folder.files.set(`blobs/${image.digest.replace(':', '/')}`, bytesOf({ schemaVersion: 2 }));
    await expect(folder.open(image).manifest(read(image.digest))).rejects.toMatchObject({
      code: 'REGISTRY_DIGEST_MISMATCH',
    });
  });

  test.each([-1, 1])('a manifest of another size than the index says (%i)', async (more) => {
    const folder = new Folder();
    const image = folder.manifest('a');
    const referrer = folder.manifest('b', image);
    const off = (entry: Entry): Entry => ({ ...entry, size: Number(entry['size']) + more });
    const refused = { code: 'REGISTRY_SIZE_MISMATCH', path: image.digest };
    for (const entries of [[off(image)], [image, off(image)]]) {
      const layout = folder.open(...entries);
      await expect(layout.manifest(read(image.digest))).rejects.toMatchObject({ reason: refused });
    }
    await expect(folder.open(image, off(referrer)).referrers(read(image.digest))).rejects.toMatchObject({
      code: 'REGISTRY_SIZE_MISMATCH',
    });
  });
});

describe('a manifest that does not say its type is what it is listed as', () => {
  const plain = (folder: Folder): Entry => {
    const one = { mediaType: 'text/x', digest: folder.blob(Buffer.from('a')), size: 1 };
    const bytes = bytesOf({ schemaVersion: 2, config: one, layers: [one] });
    return { mediaType: MANIFEST, digest: folder.blob(bytes), size: bytes.length };
  };
  test.each<[string, string | undefined]>([
    [MANIFEST, undefined],
    ['application/vnd.docker.distribution.manifest.v2+json', undefined],
    ['application/vnd.docker.distribution.manifest.v1+json', 'IMAGE_MANIFEST_INVALID'],
    ['text/x', 'IMAGE_MANIFEST_INVALID'],
  ])('%s: %s', async (mediaType, code) => {
    const folder = new Folder();
    const layout = folder.open(named({ ...plain(folder), mediaType }, 'v1'));
    const found = await layout.manifest('v1').catch((error: unknown) => error);
    expect(found).toMatchObject(code === undefined ? { mediaType } : { code, reason: { path: 'mediaType' } });
  });
});

test('attestations and referrers, by mark, tag and subject', async () => {
  const folder = new Folder();
  const image = folder.manifest('a');
  const other = folder.manifest('o');
  const attestations = folder.manifest('b');
  const referrer = folder.manifest('c', image);
  const tag = image.digest.replace(':', '-');
  const at = read(image.digest);
  const marked = folder.open(image, kind(attestations, 'atts'));
  expect((await marked.attestations(at))?.digest).toEqual(read(attestations.digest));
  const tagged = folder.open(image, named(attestations, `${tag}.att`), referrer, folder.manifest('d', other));
  expect((await tagged.attestations(at))?.digest).toEqual(read(attestations.digest));
  expect(await tagged.attestations(read(other.digest))).toBeUndefined();
  expect((await tagged.referrers(at)).map(({ digest }) => formatDigest(digest))).toEqual([referrer.digest]);
  expect(await tagged.tagged(`${tag}.att`)).toEqual(read(attestations.digest));
  expect(await tagged.tagged('v9')).toBeUndefined();
});

describe('what cosign saved without listing it', () => {
  const unlisted = async (folder: Folder, image: Entry, entry: Entry): Promise<readonly string[]> =>
    (await folder.open(entry).referrers(read(image.digest))).map(({ digest }) => formatDigest(digest));

  test('is found by its subject', async () => {
    const folder = new Folder();
    const image = folder.manifest('a');
    const referrer = folder.manifest('b', image);
    folder.manifest('c', folder.manifest('o'));
    folder.files.set('blobs/sha256/notes', Buffer.from('x'));
    expect(await unlisted(folder, image, kind(image, 'image'))).toEqual([referrer.digest]);
    expect(await unlisted(folder, image, image)).toEqual([]);
  });

  test('counts for nothing with another octet', async () => {
    const folder = new Folder();
    const image = folder.manifest('a');
    const path = `blobs/${folder.manifest('b', image).digest.replace(':', '/')}`;
    folder.files.set(path, Buffer.concat([folder.files.get(path) ?? Buffer.alloc(0), Buffer.from(' ')]));
    expect(await unlisted(folder, image, kind(image, 'image'))).toEqual([]);
  });

  test('is not looked for among too many', async () => {
    const folder = new Folder();
    const image = folder.manifest('a');
    for (let i = 0; i < 4097; i++) folder.files.set(`blobs/sha256/${i}`, Buffer.alloc(0));
    await expect(unlisted(folder, image, kind(image, 'image'))).rejects.toMatchObject({
      code: 'INPUT_TOO_LARGE',
    });
  });
});
