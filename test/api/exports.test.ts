import { expect, test } from 'vitest';

test('the public API is these values and no others', async () => {
  expect(Object.keys(await import('#core/index')).toSorted()).toEqual([
    'EdgesealError',
    'definePolicy',
    'parseEvidence',
    'parsePolicy',
    'parsePublicKey',
    'parseTrustedRoot',
    'reasonCodes',
    'reasonOf',
    'renderJson',
    'renderJunit',
    'renderSarif',
    'renderText',
    'verify',
  ]);
  expect(Object.keys(await import('#core/in-toto-attestation/index')).toSorted()).toMatchInlineSnapshot(`
    [
      "STATEMENT_PAYLOAD_TYPE",
      "aliasOfPredicateType",
      "isStatementPayloadType",
      "matchSubject",
      "parseDigestSet",
      "parseResourceDescriptor",
      "parseResourceUri",
      "parseStatement",
      "parseTimestamp",
      "parseTypeUri",
      "predicateTypeMatches",
      "resolvePredicateType",
    ]
  `);
});
