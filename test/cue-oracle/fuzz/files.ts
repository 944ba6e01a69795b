import type { Random } from '../../fuzz/random.ts';

/** Declarations as the files of a policy: mostly one, now and then more, of one package or not. */
export function writeFiles(
  random: Random,
  lines: readonly string[],
  packages: ReadonlySet<string>,
): readonly string[] {
  const count = random.chance(6) ? 2 + random.below(2) : 1;
  const clause = random.pick(count === 1 ? ['', '', '', 'package p\n'] : ['', 'package p\n', 'package p\n']);
  return Array.from({ length: count }, (_, file) => {
    const own = lines.filter((_line, at) => at % count === file);
    const body = `${own.join('\n')}\n`;
    const used = [...packages].filter((path) => usesPackage(body, path));
    const imports = used.map((path) => `import "${path}"\n`).join('');
    const other = file > 0 && random.chance(8) ? random.pick(['', 'package q\n', 'package p\n']) : clause;
    return `${other}${imports}${body}`;
  });
}

const usesPackage = (body: string, path: string): boolean =>
  new RegExp(String.raw`(?<![\w."])${path.slice(path.lastIndexOf('/') + 1)}\.`).test(body);
