import { beforeAll, describe, expect, test } from 'vitest';
import { compileCue, prepareCue } from '../cue.ts';

beforeAll(prepareCue);

const items = (count: number, bad = -1): string =>
  JSON.stringify({
    kind: 'list',
    items: Array.from({ length: count }, (_, i) => ({
      name: `n${i}`,
      tags: [i === bad ? 1 : 'x'],
      size: -i,
    })),
    other: { deep: [{ a: [1, null, true] }] },
  });

describe('what is left out of the evaluation changes no verdict and no reason', () => {
  test.each([
    ['a failure beside parts that pass', 'kind: "other"\nitems: [...{name: string, ...}]', items(3)],
    ['an item that fails among others', 'items: [...{name: =~"^n", tags: [...string]}]', items(4, 2)],
    ['first items and more of another kind', 'items: [{name: "n0"}, ...{name: "n1"}]', items(3)],
    ['a list that is too long', 'import "list"\nitems: list.MaxItems(2) & [...{name: string}]', items(3)],
    ['a list without an ellipsis', 'items: [{name: string}]', items(2)],
    ['a list for a struct', 'items: {name: string}\nkind: int', items(2)],
    ['a struct for a list', 'other: [...]\nkind: int', items(2)],
    ['a definition that is closed', '#I: {name: string, tags: [...]}\nitems: [...#I]\nkind: int', items(2)],
    [
      'a definition around what is alone',
      '#A: {other: _}\n#A\nkind: string',
      '{"kind": 1, "other": {"x": [1]}, "more": {"y": [1]}}',
    ],
    [
      'a closed struct with more',
      'other: close({deep: [...]})\nkind: int',
      '{"other": {"deep": [], "x": {"y": 1}}}',
    ],
    ['a pattern', '[=~"^o"]: deep: [...int]', items(2)],
    ['a reference into the document', 'kind: "x"\nother: _\nfirst: other.deep[0].a', items(2)],
    [
      'a condition on the document',
      'items: _\nkind: string\nother: {if items[0].name != "n0" {bad: "x"}}\nlast: 1 & items[1].size',
      items(2),
    ],
    [
      'a comprehension over the document',
      'items: _\nbad: [for i in items if i.size < 0 {i.name}]\nbad: []',
      items(3),
    ],
    [
      'alternatives for the whole',
      '{kind: "a", items: [...]} | {kind: "list", items: [...{size: string}]}',
      items(2),
    ],
    ['alternatives that are the definition itself', 'q: #T\n#T: #T | #T', '{"q": {"x": 1}}'],
    ['a negative number', 'items: [...{size: >=0, ...}]', items(3)],
    [
      'members of one name',
      'kind: int\nother: a: string',
      '{"kind": "x", "other": {"a": 1}, "other": {"b": 2}}',
    ],
    ['a field that is not there', 'kind: int\nother: deep: [...{b: string}]', items(1)],
    ['a variable of the policy', 'kind: "x"\nname: "y"\nitems: [...{name: string}]\ncopy: name', items(1)],
    ['an expression that only RE2 decides', 'kind: int\nitems: [...{name: =~"(?i)^N"}]', items(2)],
    [
      'an expression that is unsupported',
      'kind: int\nitems: [...{name: =~"\\\\p{L}"}]',
      '{"kind": "x", "items": [{"name": "\u1c89"}]}',
    ],
  ])('%s', (_, policy, document) => {
    const { evaluate, evaluateFully } = compileCue([{ name: 'policy.cue', text: policy }]);
    const told = (verdictOf: typeof evaluate): unknown => {
      try {
        return verdictOf(document);
      } catch (error) {
        return error;
      }
    };
    expect(told(evaluate)).toEqual(told(evaluateFully));
  });
});

test('a large document that fails takes no more steps than its failure', () => {
  const { evaluate } = compileCue(
    [{ name: 'policy.cue', text: 'kind: "other"\nitems: [...{name: string, ...}]' }],
    {
      steps: 1000,
      depth: 400,
    },
  );
  const { verdict, errors } = evaluate(items(3000));
  expect([verdict, errors.length]).toEqual(['fail', 1]);
});
