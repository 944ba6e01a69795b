import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachBundles, bytesOf, descriptor, evidenceAbout, pushImage } from '../registry/content.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST, TestRegistry } from '../registry/server.ts';

const script = fileURLToPath(new URL('read-image.ts', import.meta.url));
const MIB = 1024 * 1024;

interface Told {
  readonly outcome: string;
  /** Largest resident set, MiB. */
  readonly peak: number;
}

/** In a process of its own: a peak is the peak of everything that a process ever did. */
async function readAlone(...args: readonly string[]): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
  const told: Told = JSON.parse(stdout);
  return told;
}

describe('an image takes less than 150 MiB to read', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await TestRegistry.start();
    const entry = descriptor(OCI_MANIFEST, pushImage(registry, 'index'));
    const manifests = Array.from({ length: 100_000 }, (_, index) => ({
      ...entry,
      digest: digestOf(Buffer.from(String(index))),
      platform: { os: 'linux', architecture: `a${index}` },
    }));
    registry.putManifest('index', { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX, 'v1');
  });
  afterAll(async () => {
    await registry.stop();
  });

  /** An endless zero instead of content: whoever fetches it is drowned. */
  function serveZeros(digest: string, octets: number): void {
    registry.fault(new RegExp(`/${digest}$`), (response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': octets });
      const zeros = Buffer.alloc(MIB);
      const more = (): void => {
        while (response.write(zeros));
      };
      response.on('drain', more);
      more();
    });
  }

  test('with a layer of 2 GiB, which is not fetched', async () => {
    const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', size: 2048 * MIB };
    const digest = digestOf(Buffer.from('2 GiB'));
    const manifest = bytesOf({
      ...JSON.parse(pushImage(registry, 'r').toString()),
      layers: [{ ...layer, digest }],
    });
    registry.putManifest('r', manifest, OCI_MANIFEST, 'v1');
    attachBundles(registry, 'r', manifest, [{ bytes: evidenceAbout(manifest).bytes }]);
    serveZeros(digest, layer.size);
    registry.asked.length = 0;
    const { outcome, peak } = await readAlone(`${registry.host}/r:v1`);
    expect(outcome).toBe('image, 1 attestations');
    expect(peak).toBeLessThan(150);
    expect(registry.asked.filter(({ path }) => path.endsWith(digest))).toEqual([]);
  });

  test('with an attestation that says to have 2 GiB', async () => {
    const image = pushImage(registry, 'lie', 'v1');
    const bundle = evidenceAbout(image).bytes;
    attachBundles(registry, 'lie', image, [{ bytes: bundle }]);
    serveZeros(digestOf(bundle), 2048 * MIB);
    const { outcome, peak } = await readAlone(`${registry.host}/lie:v1`);
    expect(outcome).toBe('image, 1 attestations');
    expect(peak).toBeLessThan(150);
  });

  test.each([
    ['named by its tag', []],
    ['searched for a platform', ['linux/amd64']],
  ])('an index of 100,000 entries, %s', async (_, platform) => {
    const { outcome, peak } = await readAlone(`${registry.host}/index:v1`, ...platform);
    expect(outcome).toBe('INPUT_TOO_LARGE');
    expect(peak).toBeLessThan(150);
  });

  test('an index of 100,000 entries in 4 MiB', async () => {
    const manifests = Array.from({ length: 100_000 }, () => ({}));
    registry.putManifest('short', { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX, 'v1');
    const { outcome, peak } = await readAlone(`${registry.host}/short:v1`);
    expect(outcome).toBe('IMAGE_MANIFEST_INVALID');
    expect(peak).toBeLessThan(150);
  });

  test('a list of referrers with 100,000 entries, page by page', async () => {
    const image = pushImage(registry, 'referred', 'v1');
    const entry = { ...descriptor(OCI_MANIFEST, image), artifactType: 'application/x' };
    const manifests = Array.from({ length: 2000 }, () => entry);
    const page = bytesOf({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
    registry.fault(/\/referred\/referrers\//, (response, { url = '' }) => {
      const next = Number(/\?start=(\d+)/.exec(url)?.[1] ?? 0) + 1;
      const [path] = url.split('?');
      response.setHeader('link', `<${path}?start=${next}>; rel="next"`);
      response.writeHead(200, { 'content-type': OCI_INDEX, 'content-length': page.length });
      response.end(page);
    });
    const { outcome, peak } = await readAlone(`${registry.host}/referred:v1`);
    expect(outcome).toBe('EVIDENCE_TOO_MANY');
    expect(peak).toBeLessThan(150);
  });
});
