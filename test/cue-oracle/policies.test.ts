import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cosignPayload } from '#core/policy/cosign-payload/cosign-payload';
import { compileCue, prepareCue } from '#core/cue/cue';
import { answersTo } from './compare.ts';
import { Oracle, oracleProgram } from './oracle.ts';
import { policiesRecord, policyCases } from './policies.ts';

const cases = policyCases();
const recorded = readFileSync(policiesRecord, 'utf8').trim().split('\n');
const isAccepted = (name: string): boolean => name.includes('/accept/');

beforeAll(prepareCue);

describe('the published policies in CUE', () => {
  test('every case has cosign’s verdict on record', () => {
    expect(recorded.map((line) => line.slice(2))).toEqual(cases.map(({ name }) => name));
  });

  test('our verdict in the compatible mode is the one that cosign gave', () => {
    const ours = [...answersTo(cases)].map(({ asked, ours: { verdict } }) => `${verdict[0]} ${asked.name}`);
    expect(ours).toEqual(recorded);
  });

  test('the safe mode accepts and refuses as the folders say', () => {
    const wrong = cases.filter(({ name, policies, document }) => {
      const files = policies.map((text) => ({ name, text }));
      const { verdict, missing } = compileCue(files).evaluate(document);
      return (verdict === 'pass' && missing.length === 0) !== isAccepted(name);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test.each(['slsaprovenance', 'slsaprovenance02', 'slsaprovenance1'])(
    'what is accepted passes as well as cosign converts it for --type %s',
    (type) => {
      const accepted = cases.filter(({ name }) => isAccepted(name));
      const converted = accepted.flatMap(({ document, ...rest }) => {
        const payload = cosignPayload(Buffer.from(document), type);
        return payload.kind === 'document' ? [{ ...rest, document: payload.text }] : [];
      });
      expect(converted.length).toBeGreaterThan(3);
      const answers = [...answersTo(converted)].filter(({ ours }) => ours.verdict !== 'PASS');
      expect(answers.map(({ asked, ours }) => `${asked.name}: ${ours.reason}`)).toEqual([]);
    },
  );

  test('cosign passes what is accepted, and of what is refused only alternatives that are all absent', () => {
    const passed = recorded.filter((line) => line.startsWith('P ')).map((line) => line.slice(2));
    const deceived = ['edgeseal-hermetic', 'kubeedge-hermetic'].map(
      (policy) => `${policy}/deny/dependency-with-weak-digest.CUE_FIELD_MISSING.json`,
    );
    expect(passed.filter((name) => !isAccepted(name))).toEqual(deceived);
    expect(cases.filter(({ name }) => isAccepted(name) && !passed.includes(name))).toEqual([]);
  });
});

describe.skipIf(oracleProgram === '')(
  'the verdicts on record are the oracle’s (skipped where it is not built, see .ci/run)',
  () => {
    let oracle: Oracle;
    beforeAll(() => {
      oracle = new Oracle();
    });
    afterAll(() => oracle.end());

    test('on each case', async () => {
      const answers = await oracle.ask(cases);
      expect(answers.map(({ name, verdict }) => `${verdict[0]} ${name}`)).toEqual(recorded);
    });
  },
);
