import { describe, expect, test } from 'vitest';
import { codesOf, GITHUB, IDENTITY, keySigner, reasonsFor, signer } from '../../test/policy/fixtures.ts';

const logged = {
  ...keySigner,
  logEntries: [
    {
      log: 'https://rekor.example',
      logId: 'a',
      index: '1',
      kind: 'dsse/0.0.1',
      integratedTime: undefined,
      inclusion: 'proof' as const,
    },
  ],
};
const exact = { issuer: GITHUB, identity: IDENTITY };
const key = { key: { sha256: keySigner.keyDigest } };

describe('who signed', () => {
  test.each([
    ['issuer and identity', [exact], signer, []],
    ['a glob', [{ issuer: GITHUB, identity: 'https://github.com/kubeedge/**' }], signer, []],
    [
      'a star that would have to cross a slash',
      [{ issuer: GITHUB, identity: 'https://github.com/*' }],
      signer,
      ['SIGNER_IDENTITY_MISMATCH'],
    ],
    [
      'a regular expression',
      [{ issuer: GITHUB, identity: { regexp: 'https://github\\.com/kubeedge/.*' } }],
      signer,
      [],
    ],
    [
      'a regular expression for a part',
      [{ issuer: GITHUB, identity: { regexp: 'kubeedge' } }],
      signer,
      ['SIGNER_IDENTITY_MISMATCH'],
    ],
    [
      'another issuer',
      [{ ...exact, issuer: 'https://accounts.google.com' }],
      signer,
      ['SIGNER_ISSUER_MISMATCH'],
    ],
    [
      'another issuer and identity',
      [{ issuer: 'a', identity: 'b' }],
      signer,
      ['SIGNER_ISSUER_MISMATCH', 'SIGNER_IDENTITY_MISMATCH'],
    ],
    ['no issuer in the certificate', [exact], { ...signer, issuer: undefined }, ['SIGNER_ISSUER_MISMATCH']],
    [
      'no identity in the certificate',
      [exact],
      { ...signer, identity: undefined },
      ['SIGNER_IDENTITY_MISMATCH'],
    ],
    [
      'an extension',
      [{ ...exact, extensions: { sourceRepositoryUri: 'https://github.com/kubeedge/*' } }],
      signer,
      [],
    ],
    [
      'another extension value',
      [{ ...exact, extensions: { runnerEnvironment: 'self-hosted' } }],
      signer,
      ['SIGNER_EXTENSION_MISMATCH'],
    ],
    [
      'an absent extension, whatever is asked of it',
      [{ ...exact, extensions: { buildTrigger: '**' } }],
      signer,
      ['SIGNER_EXTENSION_MISMATCH'],
    ],
    ['any of several', [{ issuer: 'a', identity: 'b' }, exact], signer, []],
    [
      'none of several: the nearest is told',
      [
        { issuer: 'a', identity: 'b' },
        { ...exact, issuer: 'c' },
      ],
      signer,
      ['SIGNER_ISSUER_MISMATCH'],
    ],
    ['a key where an identity is asked for', [exact], keySigner, ['SIGNER_IDENTITY_MISMATCH']],
    ['a logged key', [key], logged, []],
    ['a key that is not logged', [key], keySigner, ['LOG_ENTRY_MISSING']],
    ['a key that need not be logged', [{ ...key, transparencyLog: 'optional' as const }], keySigner, []],
    ['another key', [{ key: { sha256: 'f'.repeat(64) } }], logged, ['SIGNER_KEY_MISMATCH']],
    [
      "a certificate of the key's own digest",
      [{ key: { sha256: signer.keyDigest } }],
      signer,
      ['SIGNER_KEY_MISMATCH'],
    ],
  ])('%s', async (_, signers, who, codes) => {
    expect(codesOf(await reasonsFor({ signers }, { signer: who }))).toEqual(codes);
  });

  test('a reason says what was expected, found, where and what next', async () => {
    const identity = `${IDENTITY.slice(0, IDENTITY.indexOf('@'))}@refs/tags/v9.9.9`;
    expect(await reasonsFor({ signers: [{ issuer: GITHUB, identity }] })).toEqual([
      {
        code: 'SIGNER_IDENTITY_MISMATCH',
        message: "the certificate's identity is not the expected one",
        path: 'certificate.subjectAltName',
        expected: JSON.stringify(identity),
        found: JSON.stringify(IDENTITY),
        at: { file: 'policy.json', line: 8, column: 23 },
        hint: 'only what follows the @ differs; "https://github.com/kubeedge/builder/.github/workflows/build.yml@refs/tags/*" accepts each of its tags',
      },
    ]);
  });
});
