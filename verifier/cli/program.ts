import type { Program } from '#core/cli/program';
import { commands } from './commands.ts';
import { writeUndecided } from './undecided.ts';

export const program: Program = {
  name: 'edgeseal',
  about: 'Verifies where software comes from: attestations, provenance, policies.',
  commands,
  exitCodes: [
    '0  verified: every requirement holds',
    '1  refused: the artifact or its evidence is not what was asked for',
    '2  wrong usage: a flag, an argument or a file name',
    '3  could not decide: network, trust root, policy file or a fault',
  ],
  undecided: writeUndecided,
};
