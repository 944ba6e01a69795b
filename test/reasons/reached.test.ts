import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { archiveReaches } from './reach-archive.ts';
import { attestReaches } from './reach-attest.ts';
import { buildReaches } from './reach-build.ts';
import { callerReaches, folder } from './reach-caller.ts';
import { evidenceReaches } from './reach-evidence.ts';
import { localReaches } from './reach-local.ts';
import { fetchReaches } from './reach-fetch.ts';
import { logSearchReaches } from './reach-log-search.ts';
import { planReaches } from './reach-plan.ts';
import { policyReaches } from './reach-policy.ts';
import { pushReaches } from './reach-push.ts';
import { registryReaches } from './reach-registry.ts';
import { releaseReaches } from './reach-release.ts';
import type { Reach } from './reach.ts';
import { secondOpinionReaches } from './reach-second-opinion.ts';

/** The compiler refuses a code that is left out. */
const reaches: Record<ReasonCode, Reach> = {
  ...evidenceReaches,
  ...policyReaches,
  ...registryReaches,
  ...logSearchReaches,
  ...secondOpinionReaches,
  ...callerReaches,
  ...releaseReaches,
  ...planReaches,
  ...buildReaches,
  ...localReaches,
  ...archiveReaches,
  ...pushReaches,
  ...fetchReaches,
  ...attestReaches,
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('every reason code is reached', () => {
  test.each(Object.entries(reaches))('%s', async (code, reach) => {
    const reasons = await reach();
    expect(reasons.map((reason) => reason.code)).toContain(code);
    for (const { message } of reasons) {
      expect(message).not.toBe('');
      // oxlint-disable-next-line no-control-regex -- these must not be there
      expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
    }
  });
});
