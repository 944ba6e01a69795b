/** The flag that asks another verifier too. */
export const secondOpinionFlags = {
  'second-opinion': {
    kind: 'text',
    value: 'TOOL',
    oneOf: ['cosign'],
    about:
      'also ask an installed cosign 3 (EDGESEAL_COSIGN, else the first on PATH) what IMAGE or --bundle, --type and identity or --key amount to, and refuse where it answers otherwise',
  },
} as const;
