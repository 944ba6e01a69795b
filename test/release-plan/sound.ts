import type { JsonValue } from '#core/json/value';

const sha256 = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A description with one of everything, as text: two components, of which one reads from the other. */
export const soundText: string = `${JSON.stringify(
  {
    schemaVersion: 1,
    name: 'example',
    source: {
      repository: 'https://github.com/example-org/example',
      ref: 'refs/tags/v1.2.3',
      commit: 'c'.repeat(40),
    },
    platforms: ['linux/amd64', 'linux/arm64'],
    environment: { LC_ALL: 'C' },
    inputs: [
      { name: 'packages', kind: 'npm-lockfile', path: 'web/package-lock.json', digest: sha256('1') },
      { name: 'modules', kind: 'go-sum', path: 'go.sum', digest: sha256('2') },
      { name: 'vendor', kind: 'vendor-tree', path: 'vendor', digest: `gitTree:${'3'.repeat(40)}` },
      { name: 'go', kind: 'toolchain', uri: 'https://example.com/go.tar.gz', digest: sha256('4') },
      { name: 'data', kind: 'url', uri: 'https://example.com/data', digest: sha256('5') },
      { name: 'debian', kind: 'oci-image', image: `docker.io/library/debian:12@${sha256('6')}` },
    ],
    components: [
      {
        name: 'agent',
        root: 'debian',
        steps: [
          {
            name: 'link',
            run: [
              '{input.go}/bin/go',
              'build',
              '-ldflags',
              '-X main.version={version}',
              '-o',
              'out/agent',
              './agent',
            ],
            reads: ['go', 'vendor', 'modules', 'pages/site'],
            environment: { GOOS: '{os}', GOARCH: '{arch}', SITE: '{output.pages/site}' },
            outputs: [{ name: 'binary', path: 'out/agent' }],
          },
        ],
      },
      {
        name: 'pages',
        root: 'debian',
        steps: [
          {
            name: 'render',
            run: ['sh', 'render.sh', '{version}'],
            directory: 'web',
            reads: ['packages', 'data'],
            outputs: [{ name: 'site', path: 'web/site' }],
          },
        ],
      },
    ],
    images: [
      {
        repository: 'docker.io/example/agent',
        tags: ['{tag}'],
        base: 'debian',
        files: [{ output: 'agent/binary', path: '/usr/local/bin/agent' }],
        entrypoint: ['/usr/local/bin/agent'],
      },
    ],
    assets: [
      { name: 'agent-{version}-{os}-{arch}', output: 'agent/binary' },
      {
        name: 'site-{version}.tar.gz',
        platforms: ['linux/amd64'],
        archive: [{ output: 'pages/site', path: 'site' }],
      },
    ],
    sbom: { format: 'CycloneDX' },
    policy: 'policies/release.json',
  },
  undefined,
  2,
)}\n`;

/** The sound description with the value at a path replaced; `undefined` takes it away. */
export function changed(path: readonly (string | number)[], value: JsonValue | undefined): string {
  const document: unknown = JSON.parse(soundText);
  let parent: unknown = document;
  for (const step of path.slice(0, -1)) parent = Reflect.get(parent as object, step);
  const last = path.at(-1) ?? '';
  if (value !== undefined) Reflect.set(parent as object, last, value);
  else if (!Reflect.deleteProperty(parent as object, last)) throw new Error(`nothing at ${path.join('.')}`);
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
