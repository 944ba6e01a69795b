import { expect, test } from 'vitest';
import { findings, testRules, type Row } from './rule.test-data.ts';

const rows: readonly Row[] = [
  ['undeclared-condition', 'of a struct', 'predicate: {b: {c: 1}, if b.d == "x" {e: 1}}', 'p0.cue:1:27'],
  ['undeclared-condition', 'of anything', 'predicate: {b: _, if b.id == "x" {e: 1}}', 'p0.cue:1:22'],
  ['undeclared-condition', 'of a let', 'predicate: {b: _, let x = b, if x.id == "x" {e: 1}}', 'p0.cue:1:33'],
  ['undeclared-condition', 'declared', 'predicate: {b: id: string, if b.id == "x" {e: 1}}', undefined],
  [
    'undeclared-condition',
    'by a definition',
    '#B: id: string\npredicate: {b: #B, if b.id == "x" {e: 1}}',
    undefined,
  ],
  [
    'undeclared-condition',
    'asked whether it is there',
    'predicate: {b: _, if b.id != _|_ {e: 1}}',
    undefined,
  ],
  [
    'undeclared-condition',
    'of each element',
    'predicate: {l: [...], a: [for x in l if x.id == 1 {x}]}',
    undefined,
  ],
  [
    'undeclared-condition',
    'by one of several',
    'predicate: {b: {id: 1} | {x: 1}, if b.id == 1 {e: 1}}',
    undefined,
  ],

  ['never-holds', 'another constant', 'predicate: {x: "b", if x == "a" {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'none of several', 'predicate: {x: "b" | "c", if x == "a" {e: 1}}', 'p0.cue:1:30'],
  ['never-holds', 'another type', 'predicate: {x: string, if x == 1 {e: 1}}', 'p0.cue:1:27'],
  ['never-holds', 'within and', 'predicate: {x: "b", y: int, if y > 1 && x == "a" {e: 1}}', 'p0.cue:1:41'],
  ['never-holds', 'by way of a path', 'predicate: {x: y: "b", if x.y == "a" {e: 1}}', 'p0.cue:1:27'],
  ['never-holds', 'other than the only one', 'predicate: {x: "b", if x != "b" {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'one of several', 'predicate: {x: "a" | "b", if x == "a" {e: 1}}', undefined],
  ['never-holds', 'any', 'predicate: {x: string, if x == "a" {e: 1}}', undefined],
  ['never-holds', 'a default', 'predicate: {x: *"b" | string, if x == "a" {e: 1}}', undefined],
  ['never-holds', 'the same number', 'predicate: {x: 1, if x == 1.0 {e: 1}}', undefined],
  ['never-holds', 'one half of or', 'predicate: {x: "b", y: int, if y > 1 || x == "a" {e: 1}}', undefined],

  ['undeclared-condition', 'in parentheses', 'predicate: {b: _, if (b.id) == "x" {e: 1}}', 'p0.cue:1:23'],
  ['undeclared-condition', 'negated', 'predicate: {b: _, if !b.id {e: 1}}', 'p0.cue:1:23'],
  ['undeclared-condition', 'alone', 'predicate: {b: _, if b.id {e: 1}}', 'p0.cue:1:22'],
  ['undeclared-condition', 'as an argument', 'predicate: {b: _, if len(b.id) > 1 {e: 1}}', 'p0.cue:1:26'],
  ['undeclared-condition', 'in the file itself', 'predicate: _\nif predicate.x == 1 {}', undefined],
  ['undeclared-condition', 'of an index', 'predicate: {b: {x: 1}, if b["y"].z == 1 {e: 1}}', undefined],

  ['never-holds', 'in parentheses', 'predicate: {x: "b", if (x == "a") {e: 1}}', 'p0.cue:1:25'],
  ['never-holds', 'neither half of or', 'predicate: {x: "b", if x == "a" || x == "c" {e: 1}}', 'p0.cue:1:36'],
  ['never-holds', 'a constant on the left', 'predicate: {x: "b", if "a" == x {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'null', 'predicate: {x: null, if x == "a" {e: 1}}', 'p0.cue:1:25'],
  ['never-holds', 'compared with null', 'predicate: {x: "a", if x == null {e: 1}}', 'p0.cue:1:24'],
  ['never-holds', 'a type and a constant', 'predicate: {x: int & 2, if x == 3 {e: 1}}', 'p0.cue:1:28'],
  ['never-holds', 'a constant in parentheses', 'predicate: {x: ("b"), if x == "a" {e: 1}}', 'p0.cue:1:26'],
  ['never-holds', 'a default and another', 'predicate: {x: *"b" | "c", if x == "a" {e: 1}}', 'p0.cue:1:31'],
  ['never-holds', 'a number that is true', 'predicate: {x: true, if x == 1 {e: 1}}', 'p0.cue:1:25'],
  ['never-holds', 'null that is null', 'predicate: {x: null, if x == null {e: 1}}', undefined],
  ['never-holds', 'a bound', 'predicate: {x: int & >2, if x == 3 {e: 1}}', undefined],
  ['never-holds', 'no comparison', 'predicate: {x: bool, if x {e: 1}}', undefined],
  ['never-holds', 'another operator', 'predicate: {x: 1, if x < 0 {e: 1}}', undefined],
  ['never-holds', 'other than another', 'predicate: {x: 1, if x != 2 {e: 1}}', undefined],
  ['never-holds', 'of what is no name', 'predicate: {x: [...], if x[0] != 1 {e: 1}}', undefined],
  ['never-holds', 'of no constant', 'predicate: {x: 1, y: int, if x != y {e: 1}}', undefined],
];

testRules(rows);

test.each([
  ['predicate: {b: _, if b.id {e: 1}}', 'reads b.id,'],
  ['predicate: {b: _, if b."an id" {e: 1}}', 'reads b."an id",'],
  ['predicate: {b: c: {}, if b.c.d {e: 1}}', 'reads b.c.d,'],
  ['predicate: {b: c: {}, if (b.c).d {e: 1}}', 'reads (b.c).d,'],
])('what a condition reads is told in the policy’s words: %s', (policy, words) => {
  const [found] = findings(policy).filter(({ rule }) => rule === 'undeclared-condition');
  expect(found?.message).toContain(words);
});
