import type { Platform } from './document.ts';
import { shown, type Site } from './site.ts';

/** What `{name}`, `{version}`, ... stand for. */
export type Values = ReadonlyMap<string, string>;

/** Names that a text may hold as `{input.NAME}` and `{output.COMPONENT/NAME}`: paths that the build puts there. */
const PLACES: readonly string[] = ['input', 'output'];
/** When the source was committed: RFC 3339 in UTC. The plan knows the commit by its name alone. */
export const DATE = '{date}';

export function platformValues(values: Values, platform: Platform): Values {
  const [os = '', arch = ''] = platform.split('/');
  return new Map([...values, ['os', os], ['arch', arch]]);
}

/**
 * A text with its placeholders filled in. `{input.NAME}`, `{output.COMPONENT/NAME}` and `{date}` stay: only a build
 * knows these. Other braces are text.
 * @param reads what the step reads; absent where a text is of no step
 * @throws RELEASE_NAME_UNKNOWN
 */
export function fillIn(text: string, values: Values, site: Site, reads?: readonly string[]): string {
  return text.replaceAll(/\{([a-z]+)(?:\.([^{}]*))?\}/g, (whole: string, word: string, name?: string) => {
    if (name === undefined) {
      const value = values.get(word);
      if (value !== undefined) return value;
      if (whole === DATE && reads !== undefined) return whole;
    } else if (PLACES.includes(word)) {
      if (reads?.includes(name) === true && name.includes('/') === (word === 'output')) return whole;
      return site.refuse('RELEASE_NAME_UNKNOWN', 'uses what the step does not say that it reads', {
        expected:
          reads === undefined || reads.length === 0
            ? 'nothing: no input has a place here'
            : `one of its "reads": ${reads.slice(0, 10).join(', ')}`,
        found: shown(whole),
        hint: word === 'input' ? 'add the name of the input to "reads"' : 'add COMPONENT/OUTPUT to "reads"',
      });
    }
    return site.refuse('RELEASE_NAME_UNKNOWN', 'has a placeholder that stands for nothing', {
      expected: [...values.keys()].map((key) => `{${key}}`).join(', '),
      found: shown(whole),
      hint: word === 'os' || word === 'arch' ? 'this is the same for every platform' : undefined,
    });
  });
}
