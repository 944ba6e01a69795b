import type { CommandEntry } from '#core/cli/program';

/** Every command, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'verify-attestation',
    summary: "verify attestations about a file by cosign's flags or a policy",
    load: async () => (await import('../commands/verify-attestation.ts')).command,
  },
  {
    name: 'verify-artifact',
    summary: "verify the SLSA provenance of files by slsa-verifier's flags",
    load: async () => (await import('../commands/verify-artifact.ts')).command,
  },
  {
    name: 'verify-image',
    summary: "verify the SLSA provenance of container images by slsa-verifier's flags",
    load: async () => (await import('../commands/verify-image.ts')).command,
  },
  {
    name: 'verify-npm-package',
    summary: 'verify the provenance and publish attestations of an npm tarball',
    load: async () => (await import('../commands/verify-npm-package.ts')).command,
  },
  {
    name: 'verify-github-attestation',
    summary: 'verify a GitHub artifact attestation',
    load: async () => (await import('../commands/verify-github-attestation.ts')).command,
  },
  {
    name: 'verify-vsa',
    summary: 'verify a SLSA Verification Summary Attestation',
    load: async () => (await import('../commands/verify-vsa.ts')).command,
  },
  {
    name: 'verify-release',
    summary: 'verify a whole release: every file, checksum, bill of materials and image',
    load: async () => (await import('../commands/verify-release.ts')).command,
  },
  {
    name: 'inspect',
    summary: 'show what an attestation says, and which of it is proven by what',
    load: async () => (await import('../commands/inspect.ts')).command,
  },
  {
    name: 'policy check',
    summary: 'check policy files',
    load: async () => (await import('../commands/policy-check.ts')).command,
  },
  {
    name: 'policy test',
    summary: "run a policy's accept and deny cases",
    load: async () => (await import('../commands/policy-test.ts')).command,
  },
  {
    name: 'policy explain',
    summary: 'say in plain words what a policy asks for',
    load: async () => (await import('../commands/policy-explain.ts')).command,
  },
  {
    name: 'trust show',
    summary: 'show what a trusted root contains',
    load: async () => (await import('../commands/trust-show.ts')).command,
  },
  {
    name: 'trust update',
    summary: 'fetch a fresh trusted root by TUF',
    load: async () => (await import('../commands/trust-update.ts')).command,
  },
  {
    name: 'trust export',
    summary: 'write the trusted root to a file',
    load: async () => (await import('../commands/trust-export.ts')).command,
  },
  {
    name: 'evidence export',
    summary: 'put all that a verification needs into one file',
    load: async () => (await import('../commands/evidence-export.ts')).command,
  },
  {
    name: 'evidence import',
    summary: 'turn attestations and log entries into Sigstore bundles',
    load: async () => (await import('../commands/evidence-import.ts')).command,
  },
  {
    name: 'help',
    summary: 'show the help of a command',
    load: async () => (await import('../commands/help.ts')).command,
  },
  {
    name: 'version',
    summary: 'show the version',
    load: async () => (await import('../commands/version.ts')).command,
  },
];
