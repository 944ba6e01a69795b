import { nodeHttp, type HttpOptions } from '#core/io/http';
import { nodeClock } from '#core/io/network';
import type { FindCredentials } from '#core/oci/credentials';
import { readImage, type ReadImage } from '#core/oci/read-image';
import { parsePlatform } from '#core/oci/platform';
import { parseReference } from '#core/oci/reference';
import { RegistryRepository } from '#core/oci/registry';
import { Transport } from '#core/oci/transport';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';

export interface ReaderOptions {
  readonly credentials?: FindCredentials;
  readonly platform?: string;
  readonly wanted?: readonly string[];
  readonly allowHttp?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly http?: Partial<HttpOptions>;
  /** Called instead of waiting. */
  readonly waited?: (milliseconds: number) => void;
}

/** A way to registries as a command has it. */
export function transportOf(options: ReaderOptions = {}): Transport {
  const { waited } = options;
  return new Transport({
    fetch: nodeHttp({ env: {}, ...options.http }),
    clock: waited === undefined ? nodeClock : { now: nodeClock.now, wait: async (time) => waited(time) },
    credentials: options.credentials ?? (async () => undefined),
    allowHttp: options.allowHttp ?? false,
    timeout: options.timeout ?? 10_000,
  });
}

/** Reads an image as a command does. */
export async function read(reference: string, options: ReaderOptions = {}): Promise<ReadImage> {
  const transport = transportOf(options);
  const image = parseReference(reference);
  const store = new RegistryRepository(transport, image);
  return readImage({
    image: store,
    attestations: store,
    at: image.digest === undefined ? { tag: image.tag ?? '' } : { digest: image.digest },
    platform: options.platform === undefined ? undefined : parsePlatform(options.platform),
    wanted: options.wanted ?? [],
  });
}

/** Why the image cannot be read. */
export async function refusalOf(reference: string, options: ReaderOptions = {}): Promise<Reason> {
  try {
    await read(reference, options);
  } catch (error) {
    return reasonOf(error);
  }
  throw new Error('it was read');
}
