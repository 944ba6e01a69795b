import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Entry } from '../../release/archive/entry.ts';
import type { Store } from '../../release/store/store.ts';
import { tarOf } from '../archive/tar.ts';

const DOCKER = 'application/vnd.docker.distribution.manifest';
const OCI = 'application/vnd.oci.image';
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export interface BaseOptions {
  readonly layers: readonly (readonly Entry[])[];
  readonly style?: 'oci' | 'docker' | 'zstd';
  readonly platforms?: readonly string[];
  readonly config?: object;
  /** Of the first layer, where it lies. */
  readonly diffId?: string;
  readonly layerType?: string;
  /** Where the configuration says another platform than the index. */
  readonly architecture?: string;
}

/** Puts an image into a store as `fetch` would. @returns its digest */
export async function putBase(store: Store, options: BaseOptions): Promise<string> {
  const { style = 'oci', platforms = ['amd64', 'arm64'] } = options;
  const isDocker = style === 'docker';
  const manifests = [];
  for (const architecture of platforms) {
    const tars = await Promise.all(options.layers.map(async (entries) => tarOf(...entries)));
    const layerType = options.layerType ?? layerTypeOf(style);
    const layers = [];
    for (const tar of tars)
      layers.push(await put(store, style === 'zstd' ? zstdCompressSync(tar) : gzipSync(tar), layerType));
    const diffIds = tars.map((tar, index) => (index === 0 && options.diffId) || digestOf(tar));
    const config = await putJson(
      store,
      {
        architecture: options.architecture ?? architecture,
        os: 'linux',
        created: '2020-01-01T00:00:00Z',
        config: { Env: ['PATH=/usr/bin'], Cmd: ['sh'], User: '65532', Labels: { theirs: 'kept' } },
        rootfs: { type: 'layers', diff_ids: diffIds },
        history: [{ created_by: 'theirs' }],
        ...options.config,
      },
      isDocker ? 'application/vnd.docker.container.image.v1+json' : `${OCI}.config.v1+json`,
    );
    const mediaType = isDocker ? `${DOCKER}.v2+json` : `${OCI}.manifest.v1+json`;
    const manifest = await putJson(store, { schemaVersion: 2, mediaType, config, layers }, mediaType);
    manifests.push({ ...manifest, platform: { os: 'linux', architecture } });
  }
  const mediaType = isDocker ? `${DOCKER}.list.v2+json` : `${OCI}.index.v1+json`;
  return (await putJson(store, { schemaVersion: 2, mediaType, manifests }, mediaType)).digest;
}

function layerTypeOf(style: 'oci' | 'docker' | 'zstd'): string {
  if (style === 'docker') return 'application/vnd.docker.image.rootfs.diff.tar.gzip';
  return `${OCI}.layer.v1.tar+${style === 'zstd' ? 'zstd' : 'gzip'}`;
}

interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

async function put(store: Store, bytes: Uint8Array, mediaType: string): Promise<Described> {
  const { sha256, size } = await store.put(bytes);
  return { mediaType, digest: `sha256:${sha256}`, size };
}

async function putJson(store: Store, value: object, mediaType: string): Promise<Described> {
  return put(store, Buffer.from(JSON.stringify(value)), mediaType);
}
