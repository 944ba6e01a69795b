import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { signEnvelope, signMessage, statementAbout, type Signing } from './sign.ts';
import { authenticated } from './verified.ts';

let local: Local;
beforeAll(async () => {
  local = await startLocal();
});
afterAll(() => local.stop());

const content = Buffer.from('what is released\n');

const ways: Readonly<Record<string, Signing>> = {
  'Rekor v1, dsse': {},
  'Rekor v1, intoto': { entry: 'intoto' },
  'Rekor v1 and a timestamp': { timestamp: true },
  'Rekor v2 and a timestamp': { log: 'rekor-v2' },
};

describe('what @sigstore/sign signs with the local services verifies', () => {
  test.each(Object.entries(ways))('an envelope: %s', async (_, signing) => {
    const bundle = await signEnvelope(local, statementAbout('artifact', content), signing);
    const { signers } = authenticated(local, bundle, content);
    expect(signers.map(({ identity }) => identity)).toEqual([
      'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v1.2.3',
    ]);
  });

  test.each(Object.entries(ways))('a message: %s', async (_, signing) => {
    const bundle = await signMessage(local, content, signing);
    expect(authenticated(local, bundle, content).signers).toHaveLength(1);
  });
});
