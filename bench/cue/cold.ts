import { readFileSync } from 'node:fs';
import { folderSource, loadBundle } from '../../scripts/load-bundle.ts';
import { statement } from './statement.ts';

// Prints, of a process that has just begun: microseconds of wall time and of processor time to load what every
// command of the executable loads, to load the CUE engine and RE2, to compile the policy, to a first verdict.

type Clock = readonly [wall: number, processor: number];

const [folder = '', file = ''] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');

function clock(): Clock {
  const { user, system } = process.cpuUsage();
  return [performance.now() * 1000, user + system];
}

async function run(): Promise<void> {
  const clocks = [clock()];
  const { bundle } = loadBundle(folderSource(folder));
  clocks.push(clock());
  const { compileCue, prepareCue } = await bundle.cueEngine();
  await prepareCue();
  clocks.push(clock());
  const policy = compileCue([{ name: file, text }]);
  clocks.push(clock());
  const { verdict } = policy.evaluate(statement);
  clocks.push(clock());
  if (verdict !== 'pass') throw new Error(`the policy gives ${verdict}`);
  const laps = clocks.slice(1).map(([wall, processor], index) => {
    const [before = 0, used = 0] = clocks[index] ?? [];
    return [wall - before, processor - used];
  });
  console.log(JSON.stringify(laps));
}

void run();
