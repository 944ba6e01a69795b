import type { Program } from '#core/cli/program';

export const program: Program = {
  name: 'edgeseal-release',
  about: 'Cuts releases of which every file and image can be proven.',
  commands: [
    {
      name: 'plan',
      summary: 'check a release description and show what it would fetch, build and publish',
      load: async () => (await import('./commands/plan.ts')).command,
    },
    {
      name: 'fetch',
      summary: 'bring the source and every input, by digest, into a work folder',
      load: async () => (await import('./commands/fetch.ts')).command,
    },
    {
      name: 'build',
      summary: 'run the steps without a network, and make archives and images',
      load: async () => (await import('./commands/build.ts')).command,
    },
    {
      name: 'rebuild',
      summary: 'build a second time elsewhere and compare every byte',
      load: async () => (await import('./commands/rebuild.ts')).command,
    },
    {
      name: 'attest',
      summary: 'digests, bills of materials, provenance and signatures of what was built',
      load: async () => (await import('./commands/attest.ts')).command,
    },
    {
      name: 'push',
      summary: 'put the images of a build into their registries, with their attestations',
      load: async () => (await import('./commands/push.ts')).command,
    },
    {
      name: 'local up',
      summary: 'run a Sigstore and a registry on this machine, for development',
      load: async () => (await import('./commands/local-up.ts')).command,
    },
    {
      name: 'demo',
      summary: 'play a whole release on this machine, and what is refused',
      load: async () => (await import('./commands/demo.ts')).command,
    },
    {
      name: 'help',
      summary: 'show the help of a command',
      load: async () => (await import('./commands/help.ts')).command,
    },
    {
      name: 'version',
      summary: 'show the version',
      load: async () => (await import('./commands/version.ts')).command,
    },
  ],
  exitCodes: [
    '0  done',
    '1  refused: the release description, or what it names, is not sound',
    '2  wrong usage: a flag, an argument or a file name',
    '3  could not decide: a file that cannot be read, or a fault',
  ],
};
