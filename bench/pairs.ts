import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, pairedRatio, table } from './statistics.ts';

/** What one build took. */
export interface Figures {
  /** Seconds. */
  readonly wall: number;
  /** Of a processor, of all its processes. */
  readonly processor: number;
}

/** The same build in both places, round by round. */
export type Pairs = Readonly<Record<'inside' | 'outside', readonly Figures[]>>;

export async function measured(call: () => Promise<void>): Promise<Figures> {
  const [start, before] = [performance.now(), childrenTime()];
  await call();
  return { wall: (performance.now() - start) / 1000, processor: childrenTime() - before };
}

/** Processor time of all processes that this one has waited for, and theirs: /proc/self/stat, in 100ths of a second. */
function childrenTime(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Prints the pairs as a table, and writes them to `dist/bench/NAME.json`. */
export function report(title: string, pairs: Pairs, name: string): void {
  const { inside, outside } = pairs;
  const of = (which: keyof Figures, all: readonly Figures[]): readonly number[] =>
    all.map((one) => one[which]);
  const row = (place: string, all: readonly Figures[]): readonly string[] => [
    place,
    median(of('wall', all)).toFixed(2),
    median(of('processor', all)).toFixed(2),
  ];
  const ratio = (which: keyof Figures): string =>
    pairedRatio(of(which, inside), of(which, outside)).toFixed(3);
  const rows = [
    row('in the sandbox', inside),
    row('outside', outside),
    ['x outside', ratio('wall'), ratio('processor')],
  ];
  console.log(table([title, 'wall s', 'processor s'], rows));
  const folder = path.join(fileURLToPath(new URL('..', import.meta.url)), 'dist', 'bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(pairs, undefined, 2)}\n`);
}
