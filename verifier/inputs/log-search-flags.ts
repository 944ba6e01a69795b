/** The flag that has a log searched. */
export const logSearchFlags = {
  'rekor-url': {
    kind: 'text',
    value: 'URL',
    about:
      'search this Rekor v1 log for the entries of bare DSSE envelopes, as https://rekor.sigstore.dev; without it nothing is searched. Whatever it answers is checked by the trusted root',
  },
} as const;
