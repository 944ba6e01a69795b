import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { Faults, hang, late, lost, reset, status, truncated, type Fault } from './faults.ts';

const faults = new Faults();
let local: Local;
beforeAll(async () => {
  local = await startLocal({ answering: faults.answering });
});
afterAll(() => local.stop());
beforeEach(() => faults.clear());

const ask = async (path = '/api/v1/log'): Promise<string> => {
  try {
    const response = await fetch(`${local.url}${path}`, { signal: AbortSignal.timeout(500) });
    await response.text();
    return String(response.status);
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
};

describe('faults on demand', () => {
  test.each<[string, Fault, string]>([
    ['429', status(429, { 'retry-after': '1' }), '429'],
    ['503', status(503), '503'],
    ['no answer', hang, 'TimeoutError'],
    ['a closed connection', reset, 'TypeError'],
    ['an answer that is lost', lost, 'TypeError'],
    ['an answer that is cut', truncated, 'TypeError'],
    ['an answer that is late', late(10), '200'],
  ])('%s, then all is well', async (_, fault, found) => {
    faults.add('rekor-v1', fault, 1);
    expect([await ask('/api/v2/trustBundle'), await ask(), await ask()]).toEqual(['200', found, '200']);
  });

  test('says what was asked', async () => {
    faults.asked.length = 0;
    await ask();
    expect(faults.asked).toEqual(['rekor-v1 GET /api/v1/log']);
  });
});
