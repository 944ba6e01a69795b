import { readFileSync } from 'node:fs';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { parseReference } from '#core/oci/reference';
import { openBlobs } from '../../release/store/store.ts';
import { layoutImages } from '../../release/push/layout-images.ts';
import { pushImages } from '../../release/push/push-images.ts';
import { makeWork } from '../push/work.ts';
import { transportOf } from '../registry/reader.ts';
import { OCI_MANIFEST, TestRegistry } from '../registry/server.ts';
import type { Reach, Reaches } from './reach.ts';

/** What pushing an image to a registry is refused for. */
function pushing(spoil: (registry: TestRegistry) => void): Reach {
  return async (): Promise<readonly Reason[]> => {
    const registry = await TestRegistry.start();
    const work = await makeWork();
    try {
      spoil(registry);
      const blobs = openBlobs(`${work.folder}/images`);
      const index = readFileSync(`${work.folder}/images/index.json`);
      await pushImages({
        images: await layoutImages(index, blobs, 'images'),
        blobs,
        attestations: [],
        transport: transportOf({ waited: () => undefined }),
        namespace: { ...parseReference(`${registry.host}/x`), path: 'o' },
        progress: () => undefined,
      });
      return [];
    } catch (error) {
      return [reasonOf(error)];
    } finally {
      await registry.stop();
      work.remove();
    }
  };
}

/** Codes that tell of pushing. */
export const pushReaches = {
  REGISTRY_PUSH_REFUSED: pushing((registry) =>
    registry.fault(/^POST/, (response) => response.writeHead(404).end()),
  ),
  REGISTRY_TAG_TAKEN: pushing((registry) =>
    registry.putManifest('o/agent', { another: 'image' }, OCI_MANIFEST, 'v1.2.3'),
  ),
} satisfies Reaches;
