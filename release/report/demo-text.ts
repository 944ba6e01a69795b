import { escapeControls } from '#core/verdict/escape';
import type { Audience, Demonstration, Scene } from '../demo/demo.ts';

const MARK: Readonly<Record<Scene['expected'], string>> = {
  done: 'done',
  passed: 'PASSED',
  refused: 'REFUSED',
};

/** What a verification says that it will enforce, from here to there: the same each time. */
const CRITERIA = [/^Criteria:/, /^Trusted root:/] as const;

/** Tells people what happens while it happens: what is run, what it says, how long it took. */
export function demoAudience(write: (text: string) => void): Audience {
  let number = 0;
  let isAtStart = true;
  let criteria: 'new' | 'now' | 'known' | 'again' = 'new';
  /** Whether a line is one of the criteria that were shown before. */
  const isKnown = (line: string): boolean => {
    const [first, last] = CRITERIA;
    if (first.test(line)) criteria = criteria === 'new' ? 'now' : 'again';
    const wasAgain = criteria === 'again';
    if (last.test(line)) criteria = 'known';
    return wasAgain;
  };
  return {
    begin: (title) => {
      number++;
      write(`\n${number}. ${title}\n`);
    },
    hear: (text) => {
      for (const part of text.split(/(?<=\n)/)) {
        if (isAtStart && isKnown(part)) continue;
        write(`${isAtStart ? '   | ' : ''}${escapeControls(part.replace(/\n$/, ''))}`);
        isAtStart = part.endsWith('\n');
        if (isAtStart) write('\n');
      }
    },
    end: (scene) => {
      if (!isAtStart) write('\n');
      isAtStart = true;
      const { command, seconds, expected, isAsExpected, exitCode } = scene;
      const answer = isAsExpected ? MARK[expected] : `NOT AS IT SHOULD BE: exit code ${exitCode}`;
      write(`   $ ${command}\n   ${answer}, ${seconds.toFixed(1)} s\n`);
    },
  };
}

/** The last word. */
export function demoText({ scenes, commit }: Demonstration, folder: string, seconds: number): string {
  const count = (expected: Scene['expected']): number =>
    scenes.filter((scene) => scene.expected === expected && scene.isAsExpected).length;
  if (scenes.some(({ isAsExpected }) => !isAsExpected))
    return '\nNot as it should be: see the last answer.\n';
  return [
    '',
    `${count('passed')} passed, ${count('refused')} refused, as it should be: from commit ${commit.slice(0, 12)} to a verified image in ${seconds.toFixed(0)} s.`,
    `What was made is in ${folder}. The services that signed it are gone, and with them whatever it proved.`,
    '',
  ].join('\n');
}

/** For machines: what was run, and what came of it. */
export function demoJson({ scenes, commit }: Demonstration, seconds: number): string {
  const isAsExpected = scenes.every((scene) => scene.isAsExpected);
  const shown = scenes.map(({ stdout: _stdout, stderr, ...scene }) => ({
    ...scene,
    codes: [...new Set([...stderr.matchAll(/\b([A-Z]+(?:_[A-Z]+)+):/g)].map(([, code]) => code))],
    explanation: stderr,
  }));
  return `${JSON.stringify({ isAsExpected, commit, seconds, scenes: shown }, undefined, 2)}\n`;
}
