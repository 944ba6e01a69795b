import { bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { SigningConfig, TrustedRoot } from '@sigstore/protobuf-specs';
import { bundleBuilderFromSigningConfig } from '@sigstore/sign';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { job, signEnvelope, signMessage, statementAbout, type Signing } from './sign.ts';
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

const identity =
  'https://github.com/kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v1.2.3';

/** By our verifier, and by sigstore-js, which shares no code with it. */
function verifiedBy(bundle: Buffer): readonly (string | undefined)[] {
  const root = TrustedRoot.fromJSON(local.trustedRoot);
  const verifier = new Verifier(toTrustMaterial(root), {
    tlogThreshold: 1,
    ctlogThreshold: 1,
    timestampThreshold: 1,
  });
  const signer = verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle.toString())), content));
  const [ours] = authenticated(local, bundle, content).signers;
  return [ours?.identity, signer.identity?.subjectAlternativeName];
}

describe('what @sigstore/sign signs with the local services verifies', () => {
  test.each(Object.entries(ways))('an envelope: %s', async (_, signing) => {
    const bundle = await signEnvelope(local, statementAbout('artifact', content), signing);
    expect(verifiedBy(bundle)).toEqual([identity, identity]);
  });

  test.each(Object.entries(ways))('a message: %s', async (_, signing) => {
    expect(verifiedBy(await signMessage(local, content, signing))).toEqual([identity, identity]);
  });

  test('and nobody verifies it by the trusted root of others', async () => {
    const others = await startLocal();
    const bundle = await signMessage(local, content);
    await others.stop();
    expect(() => authenticated(others, bundle, content)).toThrow(EdgesealError);
  });
});

test.each([1, 2] as const)('@sigstore/sign signs by the signing config, Rekor v%d', async (rekor) => {
  const builder = bundleBuilderFromSigningConfig({
    signingConfig: SigningConfig.fromJSON(local.signingConfig(rekor)),
    identityProvider: { getToken: async () => local.token(job) },
    bundleType: 'messageSignature',
  });
  const bundle = await builder.create({ data: content });
  expect(verifiedBy(Buffer.from(JSON.stringify(bundleToJSON(bundle))))).toEqual([identity, identity]);
});
