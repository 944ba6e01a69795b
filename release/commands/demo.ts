import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineCommand } from '#core/cli/command';
import { refuse } from '#core/errors/error';
import { demonstrate } from '../demo/demo.ts';
import { CLONE } from '../demo/run-program.ts';
import { demoAudience, demoJson, demoText } from '../report/demo-text.ts';

const FOLDER = path.join('dist', 'demo');

export const command = defineCommand({
  name: 'demo',
  usage: '[flags]',
  about: [
    "The whole way of a release on this machine, from the last commit of this clone to a verified image: a Sigstore and a registry of its own on 127.0.0.1, every input by its digest out of npm's cache, edgeseal's own executables built without a network and built again, attested, pushed, verified by a policy. Then what is refused, and why: an image with one bit turned, one that was built with the network on, one signed by another workflow, one without an attestation.",
    'Nothing leaves this machine, and nothing is believed afterwards: the services that signed are gone when it ends. Each command is shown as you would type it.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: { json: { kind: 'switch', about: 'what was run and what came of it, as JSON' } },
  examples: [
    { about: 'See it', command: 'edgeseal-release demo' },
    { about: 'Which reasons were given?', command: "edgeseal-release demo --json | jq '.scenes[].codes'" },
  ],
  run: async (flags, _operands, io) => {
    if (!existsSync(path.join(CLONE, '.git'))) {
      refuse('RELEASE_SOURCE_UNAVAILABLE', 'the demonstration releases the last commit of a clone', {
        expected: 'edgeseal-release of a clone of edgeseal',
        found: 'one that was installed',
        hint: 'clone the repository, then npm ci and npm start',
      });
    }
    const began = performance.now();
    const played = await demonstrate(path.join(CLONE, FOLDER), demoAudience(io.stderr));
    const seconds = Math.round(performance.now() - began) / 1000;
    io.stdout(flags.on('json') === true ? demoJson(played, seconds) : demoText(played, FOLDER, seconds));
    return played.scenes.every(({ isAsExpected }) => isAsExpected) ? 0 : 1;
  },
});
