import { describe, expect, test } from 'vitest';
import { schedule } from './schedule.ts';

/** What happened, in its order, and how each task ends when the test says so. */
function stage(count: number, needs: Readonly<Record<number, readonly number[]>> = {}) {
  const told: string[] = [];
  const ends = new Map<number, PromiseWithResolvers<string>>();
  const signals = new Map<number, AbortSignal>();
  let most = 0;
  const tasks = {
    count,
    needs: (index: number) => needs[index] ?? [],
    run: async (index: number, lane: number, signal: AbortSignal): Promise<string> => {
      told.push(`begin ${index} in ${lane}`);
      const end = Promise.withResolvers<string>();
      ends.set(index, end);
      signals.set(index, signal);
      signal.addEventListener('abort', () => told.push(`stop ${index}`));
      most = Math.max(most, ends.size);
      try {
        return await end.promise;
      } finally {
        ends.delete(index);
      }
    },
  };
  const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    told,
    tasks,
    most: () => most,
    signals,
    running: () => [...ends.keys()],
    end: async (index: number): Promise<void> => {
      ends.get(index)?.resolve(`made ${index}`);
      await turn();
    },
    fail: async (index: number, error = new Error(`failed ${index}`)): Promise<void> => {
      ends.get(index)?.reject(error);
      await turn();
    },
    turn,
  };
}

describe('tasks', () => {
  test('give their results in the order of the list, however they end', async () => {
    const { tasks, end, turn } = stage(3);
    const results = schedule(tasks, 3);
    await turn();
    for (const index of [2, 0, 1]) await end(index);
    expect(await results).toEqual(['made 0', 'made 1', 'made 2']);
  });

  test('are as many at a time as there may be, each in a lane of its own, the first of the list first', async () => {
    const { tasks, told, end, turn, running, most } = stage(4);
    const results = schedule(tasks, 2);
    await turn();
    expect(running()).toEqual([0, 1]);
    await end(1);
    await end(0);
    await end(2);
    await end(3);
    await results;
    expect(most()).toBe(2);
    expect(told).toEqual(['begin 0 in 0', 'begin 1 in 1', 'begin 2 in 1', 'begin 3 in 0']);
  });

  test('run one after the other where one may run', async () => {
    const { tasks, told, end, turn } = stage(3);
    const results = schedule(tasks, 1);
    await turn();
    for (const index of [0, 1, 2]) await end(index);
    await results;
    expect(told).toEqual(['begin 0 in 0', 'begin 1 in 0', 'begin 2 in 0']);
  });

  test('begin when all that they need has ended; others do not wait for them', async () => {
    const { tasks, end, turn, running } = stage(4, { 2: [0, 1] });
    const results = schedule(tasks, 3);
    await turn();
    expect(running()).toEqual([0, 1, 3]);
    await end(0);
    expect(running()).toEqual([1, 3]);
    await end(1);
    expect(running()).toEqual([3, 2]);
    await end(2);
    await end(3);
    expect(await results).toHaveLength(4);
  });

  test('may be none', async () => {
    expect(await schedule(stage(0).tasks, 2)).toEqual([]);
  });

  test('that need what stands behind them are a fault of whoever made the list', async () => {
    await expect(schedule(stage(2, { 0: [1], 1: [0] }).tasks, 2)).rejects.toThrow('behind');
  });
});

describe('where a task fails', () => {
  test('those behind it are stopped or never begun, and waited for', async () => {
    const { tasks, told, fail, turn, signals } = stage(4);
    const results = schedule(tasks, 3);
    await turn();
    let isOver = false;
    const over = results.catch((error: unknown) => error).finally(() => (isOver = true));
    await fail(0);
    expect(told).toEqual(['begin 0 in 0', 'begin 1 in 1', 'begin 2 in 2', 'stop 1', 'stop 2']);
    expect(signals.get(1)?.aborted).toBe(true);
    await fail(1, new Error('stopped'));
    expect(isOver).toBe(false);
    await fail(2, new Error('stopped'));
    expect(await over).toEqual(new Error('failed 0'));
  });

  test('those before it go on, and what they need is begun', async () => {
    const { tasks, told, end, fail, turn } = stage(3, { 1: [0] });
    const results = schedule(tasks, 2).catch((error: unknown) => error);
    await turn();
    await fail(2);
    await end(0);
    await end(1);
    expect(await results).toEqual(new Error('failed 2'));
    expect(told).toEqual(['begin 0 in 0', 'begin 2 in 1', 'begin 1 in 1']);
  });

  test.each([
    ['first', [0, 2]],
    ['last', [2, 0]],
  ])('the first of the list is told of, though it fails %s', async (_, order) => {
    const { tasks, end, fail, turn } = stage(3);
    const results = schedule(tasks, 3).catch((error: unknown) => error);
    await turn();
    for (const index of order) await fail(index);
    await end(1);
    expect(await results).toEqual(new Error('failed 0'));
  });
});
