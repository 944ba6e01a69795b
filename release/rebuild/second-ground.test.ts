import { expect, test } from 'vitest';
import { allowedProcessors } from './second-ground.ts';

test.each([
  ['0-1', [0, 1]],
  ['3', [3]],
  ['0-2,8,10-11', [0, 1, 2, 8, 10, 11]],
])('processors that are allowed: %s', (list, expected) => {
  expect(allowedProcessors(`Name:\tnode\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`)).toEqual(expected);
});
