import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { corpusFolder } from './corpus.ts';
import { expandCorpus, readCorpus, writeVerdicts } from './corpus-file.ts';
import { readCase, type CueCase } from './case.ts';
import { Oracle, oracleProgram, oracleVersion } from './oracle.ts';
import { policiesRecord, policyCases } from './policies.ts';

/* node test/cue-oracle/record.ts [FILE...]: asks the oracle again and writes its verdicts into the corpus. */
if (oracleProgram === '') throw new Error('the oracle is not built here (see .ci/run)');
const oracle = new Oracle();
const named = process.argv.slice(2);
for (const file of readdirSync(corpusFolder).sort()) {
  if (named.length > 0 && !named.includes(file)) continue;
  const path = join(corpusFolder, file);
  if (file.endsWith('.cases')) await recordFeature(path);
  if (file.endsWith('.jsonl')) await recordLines(path);
}
if (named.length === 0 || named.includes(basename(policiesRecord))) await recordPolicies();
writeFileSync(join(corpusFolder, 'VERSION'), `${oracleVersion()}\n`);
await oracle.end();

async function recordFeature(path: string): Promise<void> {
  const text = expandCorpus(readFileSync(path, 'utf8'));
  const cases = readCorpus(text);
  const verdicts = (await verdictsOn(cases)).map((verdict) =>
    verdict === 'NONE' ? '-' : verdict.slice(0, 1),
  );
  const changed = cases.filter(({ recorded }, index) => recorded !== '?' && recorded !== verdicts[index]);
  writeFileSync(path, writeVerdicts(text, cases, verdicts));
  say(path, cases.length, verdicts, changed);
}

async function recordPolicies(): Promise<void> {
  const cases = policyCases();
  const verdicts = (await verdictsOn(cases)).map((verdict) => verdict.slice(0, 1));
  writeFileSync(policiesRecord, cases.map(({ name }, index) => `${verdicts[index]} ${name}\n`).join(''));
  say(policiesRecord, cases.length, verdicts, []);
}

async function recordLines(path: string): Promise<void> {
  const lines = readFileSync(path, 'utf8').split('\n');
  const cases = lines.map(readCase).filter((asked) => asked !== undefined);
  const verdicts = await verdictsOn(cases);
  const written = cases.map(({ name, policies, document }, index) =>
    JSON.stringify({ name, policies, document, verdict: verdicts[index] }),
  );
  writeFileSync(path, written.map((line) => `${line}\n`).join(''));
  const changed = cases.filter(
    (_, index) => !(lines[index] ?? '').endsWith(`"verdict":"${verdicts[index]}"}`),
  );
  say(path, cases.length, verdicts, changed);
}

async function verdictsOn(cases: readonly CueCase[]): Promise<string[]> {
  const answers = await oracle.ask(cases);
  return answers.map(({ verdict }) => (verdict === 'PASS' || verdict === 'FAIL' ? verdict : 'NONE'));
}

function say(path: string, count: number, verdicts: readonly string[], changed: readonly CueCase[]): void {
  const passing = verdicts.filter((verdict) => verdict.startsWith('P')).length;
  const none = verdicts.filter((verdict) => verdict === '-' || verdict === 'NONE').length;
  process.stdout.write(`${path}: ${count} cases, ${passing} pass, ${none} none, ${changed.length} changed\n`);
  for (const { name } of changed) process.stdout.write(`  ${name}\n`);
}
