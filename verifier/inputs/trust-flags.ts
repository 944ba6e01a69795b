/** Flags that say which trusted root is believed. */
export const trustFlags = {
  'trusted-root': {
    kind: 'text',
    value: 'FILE',
    about:
      'believe this Sigstore trusted root, and no other; without it a copy that TUF vouches for, else the embedded one',
  },
  'trusted-root-digest': {
    kind: 'text',
    value: 'sha256:HEX',
    about: 'refuse a trusted root, wherever it comes from, with another SHA-256 (trust show prints it)',
  },
  offline: {
    kind: 'switch',
    about: 'open no connection: without --trusted-root the embedded root is believed',
  },
} as const;

/** How the answer is printed. */
export const outputFlag = {
  output: {
    kind: 'text',
    short: 'o',
    value: 'FORMAT',
    oneOf: ['text', 'json', 'sarif', 'junit'],
    about:
      'text: data on standard output, the report on standard error; any other: the verdict in that format on standard output',
  },
} as const;

/** The flags of one call that choose the trusted root. */
export interface TrustFlags {
  text(name: 'trusted-root' | 'trusted-root-digest'): string | undefined;
  on(name: 'offline'): boolean | undefined;
}
