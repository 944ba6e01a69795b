import { canonicalize } from '#core/json/canonical';
import { parseJson } from '#core/json/parse';
import { isArray, isObject, member } from '#core/json/value';
import { renderJunit } from '#core/verdict/junit';
import { renderSarif } from '#core/verdict/sarif';
import type { Verdict } from '#core/verdict/verdict';

/** One SARIF log with a run for each verdict. */
export function sarifOf(verdicts: readonly Verdict[]): string {
  const logs = verdicts.map((verdict) => parseJson(renderSarif(verdict))).filter(isObject);
  const runs = logs.flatMap((log) => {
    const own = member(log, 'runs');
    return isArray(own) ? own : [];
  });
  return `${canonicalize({ ...logs[0], runs })}\n`;
}

/** One JUnit report with a suite for each verdict. */
export function junitOf(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 1) return verdicts.map(renderJunit).join('');
  const suites = verdicts.map((verdict) => {
    const lines = renderJunit(verdict).split('\n');
    return lines.slice(
      lines.findIndex((line) => line.startsWith('<testsuites')) + 1,
      lines.indexOf('</testsuites>'),
    );
  });
  const header = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="edgeseal">'];
  return [...header, ...suites.flat(), '</testsuites>', ''].join('\n');
}
