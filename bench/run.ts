import { benchBuild } from './build.ts';
import { benchCue } from './cue.ts';
import { benchRegistry } from './registry.ts';
import { benchVerify } from './verify.ts';

// npm run bench -- NAME [--short]

const suites: Readonly<Record<string, (short: boolean) => Promise<void>>> = {
  build: benchBuild,
  cue: benchCue,
  registry: benchRegistry,
  verify: benchVerify,
};

const [name = '', ...flags] = process.argv.slice(2);
const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
if (suite === undefined || flags.some((flag) => flag !== '--short')) {
  console.error(`usage: npm run bench -- ${Object.keys(suites).join('|')} [--short]`);
  process.exitCode = 2;
} else {
  await suite(flags.includes('--short'));
}
