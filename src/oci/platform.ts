import { refuse } from '#core/errors/error';
import { optionalStringAt, stringAt, type Where } from '#core/json/shape';
import type { JsonObject } from '#core/json/value';
import type { Descriptor } from './descriptor.ts';

/** What a manifest in an index is for. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

const PART = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Variants that an architecture has where none is written. */
const IMPLIED_VARIANT: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7' };

export function parsePlatformObject(object: JsonObject, where: Where): Platform {
  return {
    os: stringAt(object, 'os', where),
    architecture: stringAt(object, 'architecture', where),
    variant: optionalStringAt(object, 'variant', where) || undefined,
  };
}

/**
 * Reads `os/architecture[/variant]`, as `linux/arm64` and `linux/arm/v7`.
 * @throws FLAG_VALUE_INVALID
 */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  if (
    os === undefined ||
    architecture === undefined ||
    rest.length > 0 ||
    !parts.every((part) => part !== undefined && PART.test(part))
  ) {
    return refuse('FLAG_VALUE_INVALID', 'not a platform', {
      expected: 'OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, as linux/arm64',
      found: JSON.stringify(text.slice(0, 200)),
    });
  }
  return { os, architecture, variant };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** The manifests of an index that are for the platform: more than one where its variant is left open. */
export function manifestsFor(manifests: readonly Descriptor[], wanted: Platform): readonly Descriptor[] {
  const fits = manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  );
  if (wanted.variant === undefined && fits.length < 2) return fits;
  const variant = wanted.variant ?? impliedVariant(wanted);
  return fits.filter(({ platform }) => platform !== undefined && variantOf(platform) === variant);
}

function variantOf(platform: Platform): string | undefined {
  return platform.variant ?? impliedVariant(platform);
}

function impliedVariant({ architecture }: Platform): string | undefined {
  return Object.hasOwn(IMPLIED_VARIANT, architecture) ? IMPLIED_VARIANT[architecture] : undefined;
}
