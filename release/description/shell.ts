import type { Site } from './site.ts';

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'ash',
  'bash',
  'csh',
  'dash',
  'fish',
  'ksh',
  'mksh',
  'tcsh',
  'zsh',
]);
/** Options of shells whose value is the next argument. */
const VALUED: ReadonlySet<string> = new Set(['-o', '+o', '-O', '+O', '--rcfile', '--init-file']);

/**
 * Refuses a step that gives a program's text to a shell, wherever in the arguments the shell stands (`env`, `nice`
 * and `busybox` pass theirs on). A script that is a file of the source is welcome: its arguments stay arguments.
 * @param site of the step's `run`
 * @throws RELEASE_STEP_SHELL
 */
export function checkNoShell(run: readonly string[], site: Site): void {
  for (const [index, word] of run.entries()) {
    const program = word.slice(word.lastIndexOf('/') + 1);
    const at = SHELLS.has(program)
      ? textAfter(run, index + 1)
      : program === 'env'
        ? splitAfter(run, index + 1)
        : undefined;
    if (at === undefined) continue;
    site
      .child(at)
      .refuse('RELEASE_STEP_SHELL', `is a text that ${JSON.stringify(program)} would read as commands`, {
        expected: 'a program and its arguments, each on its own',
        found: JSON.stringify((run[at] ?? '').slice(0, 200)),
        hint: 'what a version, a path or an environment splices into such a text can become a command; put the script into the source and run it by its name: ["sh", "build.sh", "{version}"]',
      });
  }
}

/** Where the text of `-c` stands, among the options of a shell. */
function textAfter(run: readonly string[], from: number): number | undefined {
  for (let i = from; i < run.length; i++) {
    const word = run[i] ?? '';
    if (VALUED.has(word)) i++;
    else if (/^-[A-Za-z]*c[A-Za-z]*$/.test(word) || word.startsWith('--command'))
      return Math.min(i + 1, run.length - 1);
    else if (!/^[-+]./.test(word) || word === '--') return undefined;
  }
  return undefined;
}

/** Where env is told to split a text into words (`-S`). */
function splitAfter(run: readonly string[], from: number): number | undefined {
  for (let i = from; i < run.length; i++) {
    const word = run[i] ?? '';
    if (/^-[A-Za-z]*S/.test(word) || word.startsWith('--split-string')) return i;
    if (!word.startsWith('-') && !word.includes('=')) return undefined;
  }
  return undefined;
}
