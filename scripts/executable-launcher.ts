import { getAsset, getRawAsset } from 'node:sea';
import { userCodeCache } from './code-cache.ts';
import { loadBundle } from './load-bundle.ts';

// The single executable: scripts are assets of it, read as they are called for. What V8 compiles of them depends on
// the machine, so it is no part of a release: it is kept for the user at the first start with a command.
const octetsOf = (name: string): Buffer => Buffer.from(getRawAsset(name));
const argv = process.argv.slice(2);
const [program = '', id = ''] = getAsset('id', 'utf8').split(' ');
const cache = userCodeCache({ env: process.env, program, id, command: argv[0] ?? '' });
const { bundle, codeCaches, isCold } = loadBundle({
  folder: '/edgeseal',
  read: (name) => octetsOf(name).toString('latin1'),
  cached: cache.read,
});
const run = async (): Promise<void> => {
  const status = await bundle.main(
    argv,
    bundle.nodeIo(() => octetsOf('seeds.json')),
  );
  if (isCold()) cache.keep(codeCaches);
  process.exit(status);
};
void run();
