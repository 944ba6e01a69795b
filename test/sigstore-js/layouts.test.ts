import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { evidenceOfLayer } from '#core/oci/attestation-layer';
import { authenticate } from '#core/sigstore/authenticate';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { artifactOf } from './judge.ts';
import { layoutFolder, needed, present, publicGoodRoot } from './vectors.ts';

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Record<string, string>;
}

/** The attestation layers of an OCI layout written by `cosign save`. */
function layersOf(layout: string): { blob: Buffer; annotations: Record<string, string> }[] {
  const blob = (digest: string): Buffer => readFileSync(path.join(layout, 'blobs', ...digest.split(':')));
  const index: { manifests: Descriptor[] } = JSON.parse(
    readFileSync(path.join(layout, 'index.json'), 'utf8'),
  );
  return index.manifests
    .filter(({ annotations }) => annotations?.['kind'] === 'dev.cosignproject.cosign/atts')
    .flatMap(({ digest }) => {
      const manifest: { layers: Descriptor[] } = JSON.parse(blob(digest).toString());
      return manifest.layers.map((layer) => ({
        blob: blob(layer.digest),
        annotations: layer.annotations ?? {},
      }));
    });
}

const layouts = present
  ? readdirSync(layoutFolder, { recursive: true })
      .map(String)
      .filter((name) => existsSync(path.join(layoutFolder, name, 'oci-layout')))
      .toSorted()
  : ['the layouts of slsa-verifier'];

/** Without the vectors, src/oci/attestation-layer.test.ts covers the same rules with fixtures. */
describe(`image provenance of the SLSA generator${needed}`, () => {
  test.skipIf(!present).each(layouts)('%s', (name) => {
    const root = parseTrustedRoot(publicGoodRoot(), 'trusted_root.json');
    const artifact = artifactOf(Buffer.alloc(0));
    const layers = layersOf(path.join(layoutFolder, name));
    expect(layers.length).toBeGreaterThan(0);
    for (const { blob, annotations } of layers) {
      const { signers } = authenticate(evidenceOfLayer(blob, annotations, name), artifact, {
        root,
        keys: [],
      });
      expect(signers[0]?.identity).toMatch(
        /^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\/\.github\/workflows\/generator_container_slsa3\.yml@refs\//,
      );
      expect(signers[0]?.logEntries[0]).toMatchObject({
        inclusion: 'promise',
        log: 'https://rekor.sigstore.dev',
      });
      // The log's digest of the envelope leaves no other spelling of it.
      const respelled = Buffer.concat([blob, Buffer.from(' ')]);
      const attempt = (): unknown =>
        authenticate(evidenceOfLayer(respelled, annotations, name), artifact, { root, keys: [] });
      expect(attempt).toThrow(EdgesealError);
      expect(attempt).toThrow(expect.objectContaining({ code: 'LOG_ENTRY_MISMATCH' }));
    }
  });
});
