import { readFileSync } from 'node:fs';
import { compileCue, prepareCue } from '#core/cue/cue';
import { statement } from './statement.ts';

// Prints, of a process that has just begun: milliseconds to load RE2, to compile the policy, to a first verdict.

const [file = ''] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const begun = performance.now();
await prepareCue();
const prepared = performance.now();
const policy = compileCue([{ name: file, text }]);
const compiled = performance.now();
const { verdict } = policy.evaluate(statement);
const judged = performance.now();
if (verdict !== 'pass') throw new Error(`the policy gives ${verdict}`);
console.log(JSON.stringify([prepared - begun, compiled - prepared, judged - compiled]));
