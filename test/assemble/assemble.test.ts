import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { nodeFiles } from '#core/io/files';
import { Layout } from '#core/oci/layout';
import { formatDigest } from '#core/oci/digest';
import { entriesOf, file, link, pieces } from '../archive/tar.ts';
import { makeWork, type Work, type WorkOptions } from '../push/work.ts';
import { putBase, type BaseOptions } from './base.ts';

const works: Work[] = [];
const make = async (options: WorkOptions = {}): Promise<Work> => {
  const work = await makeWork(options);
  works.push(work);
  return work;
};
afterEach(() => works.splice(0).forEach((work) => work.remove()));

/** Every file of a layout with its bytes. */
const layoutOf = (work: Work): ReadonlyMap<string, string> => {
  const root = path.join(work.folder, 'images');
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const at = path.join(entry.parentPath, entry.name);
      return [path.relative(root, at), readFileSync(at, 'latin1')] as const;
    }),
  );
};
const blob = (work: Work, digest: string): Buffer =>
  readFileSync(path.join(work.folder, 'images/blobs/sha256', digest.slice('sha256:'.length)));
interface Json {
  readonly [key: string]: Json & string;
}
const json = (work: Work, digest: string): Json => JSON.parse(blob(work, digest).toString('utf8'));
const based = async (base: BaseOptions, options: WorkOptions = {}): Promise<Work> =>
  make({ ...options, base: async (store) => putBase(store, base) });

describe('assets', () => {
  test('the file as it was built, and archives with the same bytes', async () => {
    const work = await make();
    expect(work.assets.map(({ name }) => name)).toEqual([
      'agent-amd64',
      'agent-amd64.tar.gz',
      'agent-arm64',
      'agent-arm64.tar.gz',
    ]);
    const [plain, packed] = await Promise.all(
      work.assets.slice(0, 2).map(async ({ sha256 }) => work.store.read(sha256)),
    );
    expect(await entriesOf(pieces(gunzipSync(packed ?? '')))).toContainEqual({
      kind: 'file',
      path: 'usr/local/bin/agent',
      executable: true,
      content: Buffer.from(plain ?? '').toString('latin1'),
    });
  });

  test('what no step wrote is missed', async () => {
    const refused = await make({ platforms: ['linux/riscv64' as 'linux/arm64'] }).catch(reasonOf);
    expect(refused).toMatchObject({ code: 'RELEASE_NAME_UNKNOWN' });
  });
});

describe('images', () => {
  test('the same octets, wherever and whenever', async () => {
    const [one, two] = [await make(), await make()];
    expect(layoutOf(one)).toEqual(layoutOf(two));
    expect(one.assets).toEqual(two.assets);
    expect([...layoutOf(one).keys()].filter((name) => !name.startsWith('blobs/sha256/'))).toEqual([
      'index.json',
      'oci-layout',
    ]);
    expect(layoutOf(await make({ content: 'another' }))).not.toEqual(layoutOf(one));
  });

  test('from an empty root: what is in it, and no time but that of the source', async () => {
    const work = await make();
    const [image] = work.images;
    expect(image?.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    const index = json(work, image?.digest ?? '');
    expect(index['annotations']).toEqual({
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
      'org.opencontainers.image.revision': '1'.repeat(40),
      'org.opencontainers.image.source': 'https://github.com/o/agent',
      'org.opencontainers.image.title': 'agent',
      'org.opencontainers.image.version': '1.2.3',
    });
    const manifest = json(work, image?.platforms[1]?.digest ?? '');
    const config = json(work, manifest['config']?.['digest'] ?? '');
    expect(config).toMatchObject({
      architecture: 'arm64',
      os: 'linux',
      created: '2023-11-14T22:13:20Z',
      config: { Entrypoint: ['/usr/local/bin/agent'] },
    });
    const layers = manifest['layers'] as unknown as readonly { readonly digest: string }[];
    const tar = gunzipSync(blob(work, layers[0]?.digest ?? ''));
    expect((await entriesOf(pieces(tar))).map((entry) => `${entry.kind} ${entry.path}`)).toEqual([
      'folder usr',
      'folder usr/local',
      'folder usr/local/bin',
      'file usr/local/bin/agent',
      'folder usr/share',
      'folder usr/share/agent',
      'file usr/share/agent/NOTES',
    ]);
  });

  test('is read by the verifier', async () => {
    const work = await make();
    const files = nodeFiles(path.join(work.folder, 'images'));
    const layout = new Layout((name, limit) => files.read(name, limit), 'images');
    expect(formatDigest(layout.image())).toBe(work.images[0]?.digest);
    const found = await layout.manifest('registry.example/o/agent:v1.2.3');
    expect(found?.manifest).toMatchObject({
      kind: 'index',
      manifests: [
        { platform: { os: 'linux', architecture: 'amd64' } },
        { platform: { os: 'linux', architecture: 'arm64' } },
      ],
    });
  });

  test('for one platform there is no index', async () => {
    const work = await make({ platforms: ['linux/arm64'] });
    expect(work.images[0]?.digest).toBe(work.images[0]?.platforms[0]?.digest);
  });
});

describe('on a base', () => {
  const layers = [
    [file('usr/bin/sh', 'shell', true), link('bin', 'usr/bin'), file('usr/share/agent/NOTES', 'old')],
    [file('usr/local/.wh.bin')],
  ];

  test.each<BaseOptions['style'] & string>(['oci', 'docker', 'zstd'])(
    '%s: its layers, then ours',
    async (style) => {
      const work = await based({ layers, style });
      const manifest = json(work, work.images[0]?.platforms[0]?.digest ?? '');
      const types = (manifest['layers'] as unknown as readonly { readonly mediaType: string }[]).map(
        ({ mediaType }) => mediaType,
      );
      const theirs = `application/vnd.oci.image.layer.v1.tar+${style === 'zstd' ? 'zstd' : 'gzip'}`;
      expect(types).toEqual([theirs, theirs, 'application/vnd.oci.image.layer.v1.tar+gzip']);
      const config = json(work, manifest['config']?.['digest'] ?? '');
      expect(config['config']).toEqual({
        Env: ['PATH=/usr/bin'],
        User: '65532',
        Entrypoint: ['/usr/local/bin/agent'],
        Labels: expect.objectContaining({ theirs: 'kept', 'org.opencontainers.image.version': '1.2.3' }),
      });
      expect(config['history']).toHaveLength(2);
      expect(config['rootfs']?.['diff_ids']).toHaveLength(3);
      const last =
        (manifest['layers'] as unknown as readonly { readonly digest: string }[]).at(-1)?.digest ?? '';
      const paths = (await entriesOf(pieces(gunzipSync(blob(work, last))))).map((entry) => entry.path);
      // usr, usr/share and usr/share/agent are the base's.
      expect(paths).toEqual(['usr/local/bin', 'usr/local/bin/agent', 'usr/share/agent/NOTES']);
    },
  );

  test.each<[string, string, BaseOptions, WorkOptions?]>([
    ['a platform that it lacks', 'IMAGE_PLATFORM_UNRESOLVED', { layers, platforms: ['amd64'] }],
    ['a platform twice', 'IMAGE_PLATFORM_UNRESOLVED', { layers, platforms: ['amd64', 'amd64', 'arm64'] }],
    ['a configuration for another platform', 'IMAGE_PLATFORM_UNRESOLVED', { layers, architecture: 's390x' }],
    [
      'a layer that is not what the image says',
      'REGISTRY_DIGEST_MISMATCH',
      { layers, diffId: `sha256:${'0'.repeat(64)}` },
    ],
    [
      'fewer layers than it says',
      'IMAGE_MANIFEST_INVALID',
      { layers, config: { rootfs: { type: 'layers', diff_ids: [] } } },
    ],
    [
      'another kind of root',
      'IMAGE_MANIFEST_INVALID',
      { layers, config: { rootfs: { type: 'x', diff_ids: [] } } },
    ],
    [
      'layers that may not be passed on',
      'IMAGE_MANIFEST_INVALID',
      { layers, layerType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
    ],
    ['a file below a link', 'ARCHIVE_PATH_UNSAFE', { layers }, { path: '/bin/agent' }],
    ['a file instead of a folder', 'ARCHIVE_PATH_UNSAFE', { layers }, { path: '/usr/bin' }],
    ['a file instead of a link', 'ARCHIVE_PATH_UNSAFE', { layers }, { path: '/bin' }],
  ])('refused: %s', async (_, code, base, options) => {
    expect(await based(base, options).catch((error: unknown) => reasonOf(error).code)).toBe(code);
  });

  test.each<[string, string, string]>([
    ['by no digest', 'gitTree:00', 'RELEASE_INPUT_UNPINNED'],
    ['that is not in the store', `sha256:${'0'.repeat(64)}`, 'RELEASE_CONTENT_MISSING'],
  ])('a base %s', async (_, digest, code) => {
    expect(await make({ base: async () => digest }).catch((error: unknown) => reasonOf(error).code)).toBe(
      code,
    );
  });
});
