import type { FlagTable, UnsupportedFlags } from '#core/cli/flags';

/** cosign's flags about images and the registries that they are read from, and ours. */
export const registryFlags = {
  platform: {
    kind: 'text',
    value: 'OS/ARCHITECTURE',
    about:
      'of an image for several platforms the one for this platform, as linux/arm64: it, or the index that holds it, must be attested; without the flag the index itself',
  },
  'local-image': {
    kind: 'switch',
    about: 'IMAGE is a folder with an OCI layout, as cosign save writes it, with or without @sha256:HEX',
  },
  timeout: {
    kind: 'text',
    value: 'DURATION',
    about: 'the time for everything that is asked of registries, as 30s or 3m0s (default 3m0s)',
  },
  'allow-http-registry': {
    kind: 'switch',
    about:
      'ask registries without TLS too: content is checked by digest, but a tag may lie, and credentials can be read on the way',
  },
  'allow-insecure-registry': {
    kind: 'switch',
    about: 'take any certificate of a registry, with the same risk',
  },
  'registry-username': { kind: 'text', value: 'NAME', about: 'the name for the registry of the images' },
  'registry-password': {
    kind: 'text',
    value: 'SECRET',
    about: 'the password for it; others on this machine may see it: docker login is better',
  },
  'registry-token': { kind: 'text', value: 'SECRET', about: 'a token to show to the registry instead' },
  'registry-cacert': {
    kind: 'text',
    value: 'FILE',
    about: 'PEM certificates of the authorities that vouch for registries',
  },
  'registry-client-cert': { kind: 'text', value: 'FILE', about: 'a PEM certificate to show to registries' },
  'registry-client-key': { kind: 'text', value: 'FILE', about: 'its PEM key' },
  'registry-server-name': {
    kind: 'text',
    value: 'HOST',
    about: "the name that the registry's certificate is for, where it is another one",
  },
} as const satisfies FlagTable;

/** cosign's flags about registries that have no place here. */
export const unsupportedRegistryFlags: UnsupportedFlags = {
  'k8s-keychain': 'log in by docker login, or name the folder of a docker configuration by DOCKER_CONFIG',
  'attachment-tag-prefix': 'leave it out: attestations are found by referrers and by the tag sha256-HEX.att',
  'experimental-oci11': 'leave it out: referrers are always read',
  'max-workers': 'leave it out: requests go out in parallel as it is',
};

/** The flags of one call about images and registries. */
export interface RegistryFlags {
  text(name: Exclude<keyof typeof registryFlags, `allow-${string}` | 'local-image'>): string | undefined;
  on(name: Extract<keyof typeof registryFlags, `allow-${string}` | 'local-image'>): boolean | undefined;
}
