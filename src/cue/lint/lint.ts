import { compileCue } from '../cue.ts';
import type { SourceFile } from '../syntax/ast.ts';
import { parseFile } from '../syntax/parse-file.ts';
import { absentPasses } from './absent-passes.ts';
import { bareDots } from './bare-dot.ts';
import { conditions } from './condition.ts';
import type { CueFinding } from './finding.ts';
import { hiddenTypes } from './hidden-type.ts';
import { openRegexps } from './open-regexp.ts';
import { openPredicateTypes } from './predicate-type.ts';
import { sourcesOf } from './source.ts';
import { notInStatement } from './statement-field.ts';
import { timeTexts } from './time-text.ts';
import { unusedDefinitions } from './unused-definition.ts';

/**
 * What is likely a mistake in a policy that is to judge in-toto statements, and what its author should know: by file
 * and place, the warnings of a place first. `prepareCue` has to be awaited before.
 *
 * @throws CUE_SYNTAX CUE_COMPILE CUE_UNSUPPORTED CUE_LIMIT
 */
export function lintCue(files: readonly SourceFile[]): readonly CueFinding[] {
  const sources = sourcesOf(files.map(parseFile));
  const variables = variablesIn(files);
  const findings = [
    ...sources.flatMap((source) => [
      ...hiddenTypes(source),
      ...openRegexps(source),
      ...bareDots(source),
      ...conditions(source),
      ...timeTexts(source),
      ...unusedDefinitions(source),
      ...notInStatement(source, variables),
    ]),
    ...openPredicateTypes(sources),
    ...absentPasses(sources),
  ];
  const rank = ({ at, level }: CueFinding): number =>
    files.findIndex(({ name }) => name === at.file.name) * 1e9 + at.offset * 2 + (level === 'note' ? 1 : 0);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** The names at the root that are variables of the policy, whatever the document. */
function variablesIn(files: readonly SourceFile[]): ReadonlySet<string> {
  const { missing } = compileCue(files).evaluate('{}');
  return new Set(missing.flatMap(({ variable, path }) => (variable ? path.slice(0, 1) : [])));
}
