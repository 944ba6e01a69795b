import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nodeClock } from '#core/io/network';
import { reasonOf } from '#core/errors/error';
import { sendAnswer, type ServiceName } from '../../release/local/serve.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { Faults, lost, status, type Fault } from '../local/faults.ts';
import { attestWork, hasty, type AttestCall } from './attest-work.ts';
import { logSize } from './leaks.ts';
import { makeWork, type Work } from './work.ts';

/** Milliseconds by which all clocks are ahead. */
let ahead = 0;
const now = (): Date => new Date(Date.now() + ahead);
const faults = new Faults();
let local: Local;
let work: Work | undefined;
beforeAll(async () => void (local = await startLocal({ answering: faults.answering, clock: now })));
afterAll(async () => local.stop());
afterEach(() => {
  faults.clear();
  ahead = 0;
  work?.remove();
});

/** Only what is sent to a log meets the fault, not who reads it. */
const whenSent =
  (fault: Fault): Fault =>
  async (exchange) =>
    exchange.request.path.endsWith('/log/entries') ? fault(exchange) : sendAnswer(exchange);

const logs: readonly (readonly [1 | 2, ServiceName])[] = [
  [1, 'rekor-v1'],
  [2, 'rekor-v2'],
];

describe.each(logs)('the next run comes when the certificate has ended (Rekor v%i)', (rekor, service) => {
  test.each<[string, Fault]>([
    ['the log had nothing: it has one entry then', status(503)],
    ['the log had it: it still has one entry', lost],
  ])('%s', async (_, fault) => {
    work = await makeWork({ platforms: ['linux/amd64'], image: false });
    const url = rekor === 1 ? local.url : local.rekorV2;
    const before = await logSize(url, rekor);
    const call: AttestCall = { rekor, world: { clock: hasty, now } };
    faults.add(service, whenSent(fault));
    const refused = await attestWork(local, work, call).catch(reasonOf);
    expect(refused).toMatchObject({ code: 'SIGNING_UNAVAILABLE' });
    faults.clear();
    ahead = 20 * 60_000;
    const second = { rekor, world: { clock: nodeClock, now } };
    expect(await attestWork(local, work, second)).toMatchObject({ attestations: 1 });
    expect(await logSize(url, rekor)).toBe(before + 1);
  });
});
