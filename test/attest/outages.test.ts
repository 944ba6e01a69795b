import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { sendAnswer, type ServiceName } from '../../release/local/serve.ts';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { parseSigningConfig } from '../../release/signing/signing-config.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { Faults, hang, lost, reset, status, truncated, type Fault } from '../local/faults.ts';
import { attestWork, hasty, type AttestCall } from './attest-work.ts';
import { filesWith, filesWithTokens, hasToken, logSize } from './leaks.ts';
import { job, makeWork, type Work, type WorkOptions } from './work.ts';

const faults = new Faults();
let local: Local;
const works: Work[] = [];
beforeAll(async () => void (local = await startLocal({ answering: faults.answering })));
afterAll(async () => local.stop());
afterEach(() => {
  faults.clear();
  works.splice(0).forEach((work) => work.remove());
});
const make = async (options: WorkOptions = {}): Promise<Work> => {
  const work = await makeWork({ platforms: ['linux/amd64'], image: false, ...options });
  works.push(work);
  return work;
};

const call = (rekor: 1 | 2, more: AttestCall = {}): AttestCall => ({
  rekor,
  ...more,
  world: { clock: hasty, ...more.world },
});
const urlOf = (rekor: 1 | 2): string => (rekor === 1 ? local.url : local.rekorV2);
const refusal = async (work: Work, how: AttestCall): Promise<Reason> => {
  try {
    await attestWork(local, work, how);
  } catch (error) {
    return reasonOf(error);
  }
  throw new Error('it was attested');
};

/** Logs are read, too: only what is sent to them meets the fault. @param times of them */
const whenSent = (fault: Fault, times = Infinity): Fault => {
  let left = times;
  return async (exchange) => {
    const isMeant = exchange.service === 'issuer' || exchange.request.method === 'POST';
    await (isMeant && left-- > 0 ? fault(exchange) : sendAnswer(exchange));
  };
};

const kinds: readonly (readonly [string, Fault])[] = [
  ['an error of its own', status(500)],
  ['too many questions', status(429, { 'retry-after': '1' })],
  ['not now', status(503)],
  ['no answer', hang],
  ['a broken connection', reset],
  ['an answer that is cut off', truncated],
  ['an answer that is lost', lost],
];
const services: readonly (readonly [ServiceName, 1 | 2])[] = [
  ['issuer', 1],
  ['fulcio', 1],
  ['timestamps', 1],
  ['rekor-v1', 1],
  ['rekor-v2', 2],
];

describe.each(services)('%s (Rekor v%i) for a while', (service, rekor) => {
  test.each(kinds)('%s: asked again, and logged once', async (_, fault) => {
    const work = await make();
    const before = await logSize(urlOf(rekor), rekor);
    faults.add(service, whenSent(fault, 1));
    const told: string[] = [];
    expect(await attestWork(local, work, call(rekor, { told }))).toMatchObject({ attestations: 1 });
    expect(await logSize(urlOf(rekor), rekor)).toBe(before + 1);
    expect(told.join('\n')).toContain('again in');
  });
});

describe.each(services)('%s (Rekor v%i) down', (service, rekor) => {
  const isLog = service.startsWith('rekor');
  // Without any answer it takes as long as there is time; half an answer of a log is enough to look the entry up.
  const passes = (fault: Fault): boolean => fault === hang || (isLog && fault === truncated);
  test.each(kinds.filter(([, fault]) => !passes(fault)))(
    '%s: is told; the next run completes, and nothing is signed twice',
    async (_, fault) => {
      const work = await make();
      const before = await logSize(urlOf(rekor), rekor);
      faults.add(service, whenSent(fault));
      const told: string[] = [];
      const reason = await refusal(work, call(rekor, { told }));
      expect(reason.code).toBe('SIGNING_UNAVAILABLE');
      expect(reason.hint).toContain('run the same command again');
      expect(existsSync(path.join(work.folder, 'assets'))).toBe(false);
      expect(hasToken(JSON.stringify([reason, told]))).toBe(false);
      expect(filesWithTokens(work.folder)).toEqual([]);
      faults.clear();
      await attestWork(local, work, call(rekor, { told }));
      expect(await logSize(urlOf(rekor), rekor)).toBe(before + 1);
      expect(readdirSync(path.join(work.folder, 'queue'))).toHaveLength(1);
    },
  );
});

test.each([
  [1, 'rekor-v1'],
  [2, 'rekor-v2'],
] as const)('a log of Rekor v%i that cuts off all answers is looked through', async (rekor, service) => {
  const work = await make();
  const before = await logSize(urlOf(rekor), rekor);
  faults.add(service, whenSent(truncated));
  expect(await attestWork(local, work, call(rekor))).toMatchObject({ attestations: 1 });
  expect(await logSize(urlOf(rekor), rekor)).toBe(before + 1);
});

test.each(kinds)('a log of Rekor v2 that is asked for its size: %s', async (_, fault) => {
  const work = await make();
  const before = await logSize(urlOf(2), 2);
  faults.add('rekor-v2', fault, 1);
  await attestWork(local, work, call(2));
  expect(await logSize(urlOf(2), 2)).toBe(before + 1);
});

describe.each([1, 2] as const)('what does not verify is not logged (Rekor v%i)', (rekor) => {
  test('by another trusted root; by the right one it is signed anew', async () => {
    const work = await make();
    const before = await logSize(urlOf(rekor), rekor);
    const other = await startLocal();
    const root = parseTrustedRoot(Buffer.from(JSON.stringify(other.trustedRoot)), 'other.json');
    await other.stop();
    const reason = await refusal(work, call(rekor, { options: { root } }));
    expect(reason.code).toBe('CERTIFICATE_UNTRUSTED');
    expect(await logSize(urlOf(rekor), rekor)).toBe(before);
    expect(await attestWork(local, work, call(rekor))).toMatchObject({ attestations: 1 });
    expect(await logSize(urlOf(rekor), rekor)).toBe(before + 1);
  });
  test('without timestamps', async () => {
    const work = await make();
    const { tsaUrls: _, tsaConfig: __, ...config } = local.signingConfig(rekor);
    const signing = parseSigningConfig(Buffer.from(JSON.stringify(config)), 'config.json');
    const how = call(rekor, { options: { config: signing } });
    if (rekor === 2) expect((await refusal(work, how)).code).toBe('SIGNING_CONFIG_INVALID');
    else expect(await attestWork(local, work, how)).toMatchObject({ attestations: 1 });
  });
});

describe.each([1, 2] as const)('several statements at one time (Rekor v%i)', (rekor) => {
  const ours = {
    name: 'ours',
    requirements: ['slsaprovenance1', 'slsaprovenance02', 'cyclonedx'].map((predicateType) => ({
      ...(predicateType === 'cyclonedx' ? { subjects: ['*.tar.gz', 'docker.io/**'] } : {}),
      predicateType,
      signers: [{ issuer: '**', identity: '**' }],
    })),
  };
  const many: WorkOptions = {
    policy: ['policy.json', JSON.stringify(ours)],
  };
  const makeMany = async (): Promise<Work> => {
    const made = await makeWork(many);
    works.push(made);
    return made;
  };
  const COUNT = 8;
  const log: ServiceName = rekor === 1 ? 'rekor-v1' : 'rekor-v2';

  test('four at most, and more than one', async () => {
    const work = await makeMany();
    let now = 0;
    let most = 0;
    faults.add('timestamps', async (exchange) => {
      most = Math.max(most, ++now);
      await pause(20);
      now--;
      await sendAnswer(exchange);
    });
    expect(await attestWork(local, work, call(rekor, { alsoV02: true }))).toMatchObject({
      attestations: COUNT,
    });
    expect(most).toBe(4);
  });

  test.each<[string, Fault]>([
    ['are sent', status(400)],
    ['are sent, and did their work', lost],
  ])('one fails when entries %s: those that are begun end, the next run completes', async (_, fault) => {
    const work = await makeMany();
    const before = await logSize(urlOf(rekor), rekor);
    let posts = 0;
    const second: Fault = async (exchange) => {
      const isMeant = exchange.request.method === 'POST' && ++posts >= 2;
      await (isMeant ? fault(exchange) : sendAnswer(exchange));
    };
    faults.add(log, second);
    const how = call(rekor, { alsoV02: true });
    expect((await refusal(work, how)).code).toMatch(/^SIGNING_(?:REFUSED|UNAVAILABLE)$/);
    const began = readdirSync(path.join(work.folder, 'queue')).length;
    expect(began).toBeGreaterThan(1);
    expect(began).toBeLessThan(COUNT);
    faults.clear();
    for (let time = 0; time < 2; time++) {
      expect(await attestWork(local, work, how)).toMatchObject({ attestations: COUNT });
      expect(await logSize(urlOf(rekor), rekor)).toBe(before + COUNT);
    }
  });
});

test('one certificate serves all statements of a run', async () => {
  const work = await make({ platforms: ['linux/amd64', 'linux/arm64'] });
  const before = faults.asked.length;
  expect(await attestWork(local, work, call(1))).toMatchObject({ attestations: 2 });
  expect(faults.asked.slice(before).filter((one) => one.startsWith('fulcio'))).toHaveLength(1);
});

test('a service that asks to be left alone for longer than there is time is not asked again', async () => {
  const work = await make();
  faults.add('fulcio', status(429, { 'retry-after': '3600' }));
  const reason = await refusal(work, call(1));
  expect(reason).toMatchObject({
    code: 'SIGNING_UNAVAILABLE',
    found: expect.stringContaining('after 3600 s, after 1 attempt'),
  });
});

test.each([400, 401, 403])('HTTP %i is an answer: it is not asked again', async (code) => {
  const work = await make();
  faults.add('fulcio', status(code));
  const before = faults.asked.length;
  expect((await refusal(work, call(1))).code).toBe('SIGNING_REFUSED');
  expect(faults.asked.slice(before).filter((one) => one.startsWith('fulcio'))).toHaveLength(1);
});

describe('tokens', () => {
  const echo: Fault = ({ request, response }) => {
    const { credentials } = JSON.parse(request.body.toString('utf8'));
    const message = `bad token ${credentials.oidcIdentityToken}`;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 400, message }));
  };
  test.each([1, 2] as const)('are in no file and no output (Rekor v%i)', async (rekor) => {
    const work = await make();
    const told: string[] = [];
    const token = local.token(job);
    const env = { SIGSTORE_ID_TOKEN: token };
    faults.add('fulcio', echo, 1);
    const reason = await refusal(work, call(rekor, { told, world: { env } }));
    expect(reason.found).toContain('bad token (secret)');
    await attestWork(local, work, call(rekor, { told, world: { env } }));
    expect(hasToken(token)).toBe(true);
    expect(filesWithTokens(work.folder)).toEqual([]);
    expect(filesWith(work.folder, [token])).toEqual([]);
    for (const part of token.split('.')) expect(JSON.stringify([told, reason])).not.toContain(part);
  });

  const claims = (edit: object): string => {
    const [head, , signature] = local.token(job).split('.');
    const read: object = JSON.parse(
      Buffer.from(local.token(job).split('.')[1] ?? '', 'base64url').toString(),
    );
    return `${head}.${Buffer.from(JSON.stringify({ ...read, ...edit })).toString('base64url')}.${signature}`;
  };
  test.each<[string, () => string, string]>([
    ['is no token', () => 'this-is-no-token-at-all', 'IDENTITY_TOKEN_INVALID'],
    [
      'has claims that are no JSON',
      () => 'aaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbb.cccccccccccccccc',
      'IDENTITY_TOKEN_INVALID',
    ],
    ['is for another audience', () => local.token(job, { audience: 'other' }), 'IDENTITY_TOKEN_INVALID'],
    [
      'has expired',
      () => local.token(job, { issuedAt: new Date(Date.now() - 3_600_000) }),
      'IDENTITY_TOKEN_INVALID',
    ],
    ['is not a workflow’s', () => claims({ job_workflow_ref: undefined }), 'IDENTITY_TOKEN_INVALID'],
    [
      'is of another repository',
      () => local.token({ ...job, repository: 'someone/else', workflow_ref: 'someone/else/w.yml@x' }),
      'IDENTITY_MISMATCH',
    ],
    ['is of another tag', () => local.token({ ...job, ref: 'refs/tags/v9.9.9' }), 'IDENTITY_MISMATCH'],
    ['is of another commit', () => local.token({ ...job, sha: 'e'.repeat(40) }), 'IDENTITY_MISMATCH'],
    ['was changed', () => claims({ run_id: '1' }), 'SIGNING_REFUSED'],
  ])('one that %s is refused, and not shown', async (_, make_, code) => {
    const work = await make();
    const token = make_();
    const reason = await refusal(work, call(1, { world: { env: { SIGSTORE_ID_TOKEN: token } } }));
    expect(reason.code).toBe(code);
    expect(JSON.stringify(reason)).not.toContain(token.split('.').at(-1));
  });
});
