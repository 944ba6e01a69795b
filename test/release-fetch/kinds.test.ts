import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe as suite, expect, test } from 'vitest';
import { sha256Hex } from '#core/bytes/digest';
import type { JsonValue } from '#core/json/value';
import type { Lock } from '../../release/lock/lock.ts';
import { openStore } from '../../release/store/store.ts';
import { bytesOf, descriptor } from '../registry/content.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST, TestRegistry } from '../registry/server.ts';
import { FileServer } from './file-server.ts';
import { TestRepository, type SourceFile } from './repository.ts';
import { describe, fetching, Folders, refusalOf, worldOf } from './work.ts';
import { zipOf } from './zip.ts';

const folders = new Folders();
const repositories: TestRepository[] = [];
let work: string;
let home: string;
beforeEach(() => {
  work = folders.make('work');
  home = folders.make('home');
});
afterAll(() => {
  folders.remove();
  for (const one of repositories) one.remove();
});
const repositoryOf = (files: Readonly<Record<string, SourceFile>>): TestRepository => {
  const repository = new TestRepository(files);
  repositories.push(repository);
  return repository;
};
const brief = ({ dependencies }: Lock): readonly string[] =>
  dependencies.map(({ kind, uri, path: at }) => [kind, uri, ...(at === undefined ? [] : [at])].join(' '));

suite('Go modules', () => {
  let server: FileServer;
  beforeAll(async () => {
    server = await FileServer.start();
    const mod = (name: string, needs = ''): string => `module ${name}\n\ngo 1.21\n${needs}`;
    const put = (
      name: string,
      escaped: string,
      version: string,
      goMod: string,
      files: Record<string, string>,
    ): void => {
      const inside = { 'go.mod': goMod, ...files };
      const zip = zipOf(
        Object.fromEntries(
          Object.entries(inside).map(([file, text]) => [`${name}@${version}/${file}`, text]),
        ),
      );
      const base = `/${escaped}/@v/${version}`;
      server.files.set(`${base}.zip`, zip);
      server.files.set(`${base}.mod`, goMod);
      server.files.set(`${base}.info`, JSON.stringify({ Version: version }));
      server.files.set(`/${escaped}/@v/list`, `${version}\n`);
    };
    put(
      'example.com/Upper',
      'example.com/!upper',
      'v1.0.0',
      mod('example.com/Upper', '\nrequire example.com/low v1.1.0\n'),
      { 'u.go': 'package upper\n\nimport _ "example.com/low"\n' },
    );
    put('example.com/low', 'example.com/low', 'v1.1.0', mod('example.com/low'), { 'l.go': 'package low\n' });
  });
  afterAll(async () => server.stop());

  const source = {
    'go.mod':
      'module example.com/app\n\ngo 1.21\n\nrequire example.com/Upper v1.0.0\n\nrequire example.com/low v1.1.0 // indirect\n',
    'main.go': 'package main\n\nimport _ "example.com/Upper"\n\nfunc main() {}\n',
  };
  /** Runs go, while the server here answers. */
  const go = async (folder: string, proxy: string, ...argv: readonly string[]): Promise<string> => {
    const cache = folders.make('gocache');
    const child = spawn('go', argv, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        GOPROXY: proxy,
        GOMODCACHE: cache,
        GOCACHE: path.join(home, 'build'),
        GOFLAGS: '-mod=mod -modcacherw',
        GONOSUMDB: '*',
        GOSUMDB: 'off',
        GOTOOLCHAIN: 'local',
        GOENV: 'off',
      },
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
    const [status] = (await once(child, 'close')) as [number];
    return `${status} ${said}`;
  };
  const hasGo = spawnSync('go', ['version']).status === 0;
  const modules = (digest: string): JsonValue => ({
    name: 'modules',
    kind: 'go-sum',
    path: 'go.sum',
    digest: `sha256:${digest}`,
  });

  test.skipIf(!hasGo)(`are those that go takes${hasGo ? '' : ' (skipped: no go)'}`, async () => {
    const repository = repositoryOf(source);
    expect(await go(repository.folder, server.url, 'mod', 'download', 'all')).toMatch(/^0 /);
    repository.commit({});
    const goSum = readFileSync(path.join(repository.folder, 'go.sum'));
    const description = describe([modules(sha256Hex(goSum))]);
    const { lock } = await fetching({
      repository,
      description,
      work,
      io: worldOf(home, { GOPROXY: `${server.url}|direct` }),
    });
    expect(brief(lock).slice(1)).toEqual([
      'go-module pkg:golang/example.com/Upper@v1.0.0 example.com/!upper/@v/v1.0.0.zip',
      'go-mod pkg:golang/example.com/Upper@v1.0.0#go.mod example.com/!upper/@v/v1.0.0.mod',
      'go-module pkg:golang/example.com/low@v1.1.0 example.com/low/@v/v1.1.0.zip',
      'go-mod pkg:golang/example.com/low@v1.1.0#go.mod example.com/low/@v/v1.1.0.mod',
    ]);
    // As the build lays them out: a GOPROXY.
    const proxy = folders.make('proxy');
    const store = openStore(work);
    for (const { path: at = '', digest } of lock.dependencies.slice(1)) {
      mkdirSync(path.dirname(path.join(proxy, at)), { recursive: true });
      writeFileSync(path.join(proxy, at), await store.read(digest['sha256'] ?? ''));
    }
    const listed = await go(
      repository.folder,
      `file://${proxy}`,
      'list',
      '-deps',
      '-f',
      '{{.ImportPath}}',
      '.',
    );
    expect(listed).toMatch(/^0 /);
    expect(listed.split('\n')).toEqual(expect.arrayContaining(['example.com/low', 'example.com/Upper']));
    expect(repository.git('status', '--porcelain')).toBe('');
    // From Go's own cache, without a network.
    const cache = path.join(home, 'go/pkg/mod/cache/download');
    mkdirSync(path.dirname(cache), { recursive: true });
    spawnSync('cp', ['-r', proxy, cache]);
    const again = await fetching({
      repository,
      description,
      work: folders.make('work'),
      io: worldOf(home),
      isOffline: true,
    });
    expect([again.lock, again.origins]).toEqual([lock, { store: 0, machine: 4, network: 0 }]);
  });

  const sumOf = (module: string, hash: string): string => `${module} v1.1.0 h1:${hash}\n`;
  const zero = Buffer.alloc(32).toString('base64');
  test.each([
    [
      'another hash',
      sumOf('example.com/low', zero),
      /^RELEASE_CONTENT_MISMATCH "pkg:golang\/example\.com\/low@v1\.1\.0" is not what go\.sum says; h1:/,
    ],
    [
      'no such module',
      sumOf('example.com/gone', zero),
      /^RELEASE_INPUT_UNAVAILABLE "pkg:golang\/example\.com\/gone@v1\.1\.0" is not there/,
    ],
    [
      'something that is no archive',
      sumOf('example.com/page', zero),
      /^RELEASE_CONTENT_MISMATCH .*it has no end of a zip archive$/,
    ],
  ])('are refused with %s', async (_, goSum, expected) => {
    server.files.set('/example.com/page/@v/v1.1.0.zip', '<html>log in</html>');
    const repository = repositoryOf({ 'go.sum': goSum });
    const description = describe([modules(sha256Hex(goSum))]);
    const io = worldOf(home, { GOPROXY: server.url });
    expect(await refusalOf(async () => fetching({ repository, description, work, io }))).toMatch(expected);
  });
});

suite('a vendor tree', () => {
  const files = {
    'app/vendor/modules.txt':
      '# a.b/c v1.0.0\n## explicit\na.b/c\n# a.b/c/d v1.2.0 => x.y/D v1.3.0\na.b/c/d\n# e v0.0.0 => ./local/e\ne\n# f v1.0.0\n## explicit\n',
    'app/vendor/a.b/c/c.go': 'package c\n',
    'app/vendor/a.b/c/d/d.go': 'package d\n',
    'app/vendor/a.b/c/LICENSE': 'MIT\n',
    'app/vendor/e/e.go': 'package e\n',
    'app/local/e/e.go': 'package e\n',
  };
  const vendor = (digest: string, at = 'app/vendor'): JsonValue => ({
    name: 'vendor',
    kind: 'vendor-tree',
    path: at,
    digest: `gitTree:${digest}`,
  });
  test('is the folder by its git tree, with the modules that it holds', async () => {
    const repository = repositoryOf(files);
    const tree = repository.git('rev-parse', 'HEAD:app/vendor');
    const { lock } = await fetching({
      repository,
      description: describe([vendor(tree)]),
      work,
      io: worldOf(home),
      isOffline: true,
    });
    const source = `git+https://github.com/example-org/example@${repository.head}`;
    expect(brief(lock)).toEqual([
      `vendor-tree ${source}#app/vendor`,
      `vendored-module ${source}#app/local/e e`,
      'vendored-module pkg:golang/a.b/c@v1.0.0 a.b/c',
      'vendored-module pkg:golang/x.y/D@v1.3.0 a.b/c/d',
    ]);
    expect(lock.dependencies[0]?.digest['gitTree']).toBe(tree);
    const store = openStore(work);
    const list = async (index: number): Promise<string> =>
      Buffer.from(await store.read(lock.dependencies[index]?.digest['sha256'] ?? '')).toString();
    const line = (name: string, content: string): string => `100644 ${sha256Hex(content)}  ${name}\n`;
    expect(await list(2)).toBe(line('LICENSE', 'MIT\n') + line('c.go', 'package c\n'));
    expect(await list(3)).toBe(line('d.go', 'package d\n'));
    expect((await list(0)).split('\n')).toHaveLength(6);
  });
  test('has the files of a folder that it only links to', async () => {
    const link = { link: '../local/e' };
    const repository = repositoryOf(files);
    repository.git('rm', '-q', '-r', 'app/vendor/e');
    repository.commit({ 'app/vendor/e': link });
    const { lock } = await fetching({
      repository,
      description: describe([vendor(repository.git('rev-parse', 'HEAD:app/vendor'))]),
      work,
      io: worldOf(home),
      isOffline: true,
    });
    const linked = lock.dependencies.find((one) => one.path === 'e');
    expect(linked?.uri).toMatch(/#app\/local\/e$/);
    expect(Buffer.from(await openStore(work).read(linked?.digest['sha256'] ?? '')).toString()).toBe(
      `100644 ${sha256Hex('package e\n')}  e.go\n`,
    );
  });
  test.each([
    ['another tree', '0'.repeat(40), 'app/vendor'],
    ['no folder', '0'.repeat(40), 'vendor'],
    ['a file', '0'.repeat(40), 'app/vendor/modules.txt'],
  ])('is refused where it is %s', async (_, digest, at) => {
    const repository = repositoryOf(files);
    const description = describe([vendor(digest, at)]);
    expect(
      await refusalOf(async () =>
        fetching({ repository, description, work, io: worldOf(home), isOffline: true }),
      ),
    ).toMatch(/^RELEASE_CONTENT_MISMATCH /);
  });
});

suite('an input of the source', () => {
  test.each<[string, SourceFile | undefined, RegExp]>([
    ['changed', 'changed', /^RELEASE_CONTENT_MISMATCH "go\.sum" is not what its digest says/],
    ['a link', { link: 'elsewhere' }, /^RELEASE_INPUT_UNAVAILABLE .*a symbolic link$/],
    ['not there', undefined, /^RELEASE_INPUT_UNAVAILABLE .*no such file$/],
  ])('is refused where it is %s', async (_, file, expected) => {
    const repository = repositoryOf(file === undefined ? {} : { 'go.sum': file });
    const description = describe([
      { name: 'modules', kind: 'go-sum', path: 'go.sum', digest: `sha256:${sha256Hex('')}` },
    ]);
    expect(
      await refusalOf(async () =>
        fetching({ repository, description, work, io: worldOf(home), isOffline: true }),
      ),
    ).toMatch(expected);
  });
});

suite('an image', () => {
  let registry: TestRegistry;
  beforeEach(async () => void (registry = await TestRegistry.start({ auth: 'token' })));
  afterEach(async () => registry.stop());
  const layer = Buffer.alloc(17 * 1024 * 1024, 'a layer');
  const image = (architecture: string): Buffer => {
    const config = bytesOf({ os: 'linux', architecture, config: {} });
    registry.putBlob('org/base', config);
    registry.putBlob('org/base', layer);
    return bytesOf({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
    });
  };
  const pushed = (): { readonly index: string; readonly amd64: string } => {
    const manifests = ['amd64', 'arm64', 's390x'].map((architecture) => {
      const bytes = image(architecture);
      registry.putManifest('org/base', bytes, OCI_MANIFEST);
      return descriptor(OCI_MANIFEST, bytes, { platform: { os: 'linux', architecture } });
    });
    const index = registry.putManifest(
      'org/base',
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
      OCI_INDEX,
    );
    return { index, amd64: manifests[0]?.digest ?? '' };
  };
  const base = (digest: string): JsonValue => ({
    name: 'base',
    kind: 'oci-image',
    image: `${registry.host}/org/base:12@${digest}`,
  });
  const repository = (): TestRepository => repositories[0] ?? repositoryOf({ a: 'a' });
  const asRoot = {
    components: [
      {
        name: 'agent',
        root: 'base',
        steps: [{ name: 'link', run: ['link'], reads: [], outputs: [{ name: 'binary', path: 'agent' }] }],
      },
    ],
  };
  const withImage = {
    platforms: ['linux/amd64', 'linux/arm64'],
    images: [
      {
        repository: 'registry.example/agent',
        tags: ['{tag}'],
        base: 'base',
        platforms: ['linux/arm64'],
        files: [{ output: 'agent/binary', path: '/agent' }],
        entrypoint: ['/agent'],
      },
    ],
    assets: [{ name: 'agent-{os}-{arch}', output: 'agent/binary' }],
  };
  const fetched = async (digest: string, more: Readonly<Record<string, JsonValue>>, isOffline = false) =>
    fetching({
      repository: repository(),
      description: describe([base(digest)], more),
      work,
      io: worldOf(home),
      isOffline,
    });

  test('brings the manifests that are needed, with all that they name', async () => {
    const { index } = pushed();
    const root = await fetched(index, asRoot);
    expect(root.lock.dependencies.map(({ kind }) => kind)).toEqual([
      'oci-image',
      'oci-config',
      'oci-layer',
      'oci-manifest',
    ]);
    expect(root.lock.dependencies[0]?.uri).toBe(
      `pkg:oci/base@${encodeURIComponent(index)}?repository_url=${encodeURIComponent(`${registry.host}/org/base`)}`,
    );
    const store = openStore(work);
    for (const { digest, path: at } of root.lock.dependencies.slice(1)) {
      expect(at).toBe(`blobs/sha256/${digest['sha256']}`);
      expect(await store.has(digest['sha256'] ?? '')).toBe(true);
    }
    const both = await fetched(index, { ...asRoot, ...withImage });
    expect(both.lock.dependencies.map(({ kind }) => kind).sort()).toEqual([
      'oci-config',
      'oci-config',
      'oci-image',
      'oci-layer',
      'oci-manifest',
      'oci-manifest',
    ]);
    expect((await fetched(index, { ...asRoot, ...withImage }, true)).origins.network).toBe(0);
  });
  test('of one platform is taken as it is', async () => {
    const { amd64 } = pushed();
    const { lock } = await fetched(amd64, asRoot);
    expect(lock.dependencies.map(({ kind }) => kind)).toEqual(['oci-image', 'oci-config', 'oci-layer']);
  });
  test('whose layer is cut off is asked for again', async () => {
    const { index } = pushed();
    registry.fault(
      new RegExp(`GET .*/blobs/${digestOf(layer)}`),
      (response) =>
        void response
          .writeHead(200, { 'content-length': layer.length })
          .write(layer.subarray(0, 1e6), () => response.destroy()),
      2,
    );
    expect((await fetched(index, asRoot)).lock.dependencies).toHaveLength(4);
  });
  test('is refused where the registry has another content, or none', async () => {
    const { index, amd64 } = pushed();
    expect(await refusalOf(async () => fetched(`sha256:${'0'.repeat(64)}`, asRoot))).toMatch(
      /^REGISTRY_CONTENT_MISSING /,
    );
    registry.lie('blobs', 'org/base', digestOf(layer), Buffer.alloc(layer.length));
    expect(await refusalOf(async () => fetched(index, asRoot))).toMatch(/^RELEASE_CONTENT_MISMATCH /);
    registry.lie('manifests', 'org/base', amd64, Buffer.from('{}'));
    expect(await refusalOf(async () => fetched(amd64, asRoot))).toMatch(/^RELEASE_CONTENT_MISMATCH /);
    expect(await refusalOf(async () => fetched(index, asRoot, true))).toMatch(
      /^RELEASE_INPUT_UNAVAILABLE without a network/,
    );
  });
  test('is refused where it is for no platform that is needed', async () => {
    const bytes = image('s390x');
    registry.putManifest('org/base', bytes, OCI_MANIFEST);
    const manifests = [descriptor(OCI_MANIFEST, bytes, { platform: { os: 'linux', architecture: 's390x' } })];
    const index = registry.putManifest(
      'org/base',
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
      OCI_INDEX,
    );
    expect(await refusalOf(async () => fetched(index, asRoot))).toMatch(/^IMAGE_PLATFORM_UNRESOLVED /);
  });
});
