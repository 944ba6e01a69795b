/** The flags that have a log asked. */
export const logSearchFlags = {
  'rekor-url': {
    kind: 'text',
    value: 'URL',
    about:
      'search this Rekor v1 log for the entries of envelopes and bundles that carry none, as https://rekor.sigstore.dev; without it nothing is searched. Whatever it answers is checked by the trusted root',
  },
  'log-index': {
    kind: 'texts',
    value: 'N',
    about:
      'with --rekor-url: take this entry of a Rekor v2 log, which cannot be searched, as https://log2025-1.rekor.sigstore.dev; its proof is made from the tiles of the log',
  },
} as const;
