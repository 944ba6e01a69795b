import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import schema from '../../policies/policy.schema.json' with { type: 'json' };
import { definePolicy } from './define-policy.ts';
import { extensionNames } from './extension-names.ts';
import { parsePolicy } from './parse-policy.ts';

const signers = [{ issuer: 'https://issuer.example', identity: 'me@example.com' }];
const minimal = { name: 'minimal', requirements: [{ signers }] };

async function refusal(document: unknown): Promise<Reason> {
  const text = typeof document === 'string' ? document : JSON.stringify(document, undefined, 2);
  return parsePolicy(text, 'p.json').then(
    () => expect.unreachable('accepted'),
    (error: unknown) => reasonOf(error),
  );
}

describe('what a policy means where it says nothing', () => {
  test('defaults', async () => {
    const policy = await parsePolicy(JSON.stringify(minimal), 'p.json');
    expect(policy).toMatchObject({ name: 'minimal', mode: 'enforce' });
    expect(policy.subjects).toBeUndefined();
    expect(policy.requirements[0]).toMatchObject({
      name: 'requirement 1',
      match: 'any',
      predicateTypes: [],
      checks: [],
    });
  });

  test.each([
    [{ provenance: { level: 1 } }, ['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1']],
    [{ vsa: {} }, ['https://slsa.dev/verification_summary/v1']],
    [{ sbom: {} }, ['https://cyclonedx.org/bom', 'https://spdx.dev/Document']],
    [
      { vulnerabilities: { maxAge: 1 } },
      ['https://cosign.sigstore.dev/attestation/vuln/v1', 'https://in-toto.io/attestation/vulns'],
    ],
    [{ predicateType: 'slsaprovenance1' }, ['https://slsa.dev/provenance/v1']],
    [{ predicateType: ['spdx', 'spdxjson', 'urn:x'] }, ['https://spdx.dev/Document', 'urn:x']],
  ])('%j asks for %j', async (rule, types) => {
    const policy = await parsePolicy(
      JSON.stringify({ name: 'x', requirements: [{ signers, ...rule }] }),
      'p.json',
    );
    expect(policy.requirements[0]?.predicateTypes).toEqual(types);
  });

  test('the digest is of the canonical JSON, the same for a file and for flags', async () => {
    const spaced = await parsePolicy(
      `{ "requirements": [{"signers":${JSON.stringify(signers)}}], "name": "minimal" }`,
      'a',
    );
    const defined = await definePolicy(minimal);
    expect(spaced.digest).toBe(defined.digest);
    expect(defined.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await definePolicy({ ...minimal, name: 'other' })).digest).not.toBe(defined.digest);
  });

  test.each([
    ['github.com/o/r', 'https://github.com/o/r'],
    ['git+https://github.com/o/r', 'https://github.com/o/r'],
    ['https://github.com/o/*', 'https://github.com/o/*'],
    ['**/r', '**/r'],
  ])('repository %s is %s', async (repository, text) => {
    const policy = await definePolicy({
      name: 'x',
      requirements: [{ signers, provenance: { source: { repository } } }],
    });
    expect(policy.requirements[0]?.provenance?.source?.repository?.text).toBe(text);
  });
});

const at = (line: number, column: number): object => ({ at: { file: 'p.json', line, column } });
const one = (requirement: object): object => ({ name: 'x', requirements: [requirement] });

describe('policies that are refused', () => {
  test.each<[string, unknown, object]>([
    ['no JSON', '{', { code: 'JSON_SYNTAX', ...at(1, 2) }],
    ['the same key twice', '{"name": "a", "name": "b"}', { code: 'JSON_DUPLICATE_KEY' }],
    ['not an object', '[]', { code: 'POLICY_INVALID', found: 'array', ...at(1, 1) }],
    ['no name', { requirements: minimal.requirements }, { expected: '"name"', found: 'nothing' }],
    ['no requirements', { name: 'x' }, { expected: '"requirements"' }],
    [
      'an empty list of requirements',
      { name: 'x', requirements: [] },
      { path: 'requirements', ...at(3, 19) },
    ],
    [
      'an unknown field',
      { ...minimal, nmae: 1 },
      { path: 'nmae', message: 'nmae is an unknown field', found: '"nmae"' },
    ],
    [
      'a field of Object',
      '{"name":"x","requirements":[{"signers":[{"key":{"constructor":1}}]}]}',
      { code: 'POLICY_INVALID' },
    ],
    [
      'another mode',
      { ...minimal, mode: 'audit' },
      { path: 'mode', expected: '"enforce", "warn"', found: '"audit"' },
    ],
    ['another match', one({ signers, match: 'some' }), { expected: '"any", "all"', found: '"some"' }],
    ['match without number', one({ signers, match: { distinctSigners: true } }), { expected: '"atLeast"' }],
    ['at least none', one({ signers, match: { atLeast: 0 } }), { expected: 'must be >= 1', found: '0' }],
    [
      'a number for a pattern',
      one({ signers: [{ issuer: 1, identity: 'x' }] }),
      { expected: 'string or object', found: 'number' },
    ],
    [
      'an empty pattern',
      one({ signers: [{ issuer: '', identity: 'x' }] }),
      { path: 'requirements[0].signers[0].issuer' },
    ],
    [
      'nobody who could sign',
      one({ predicateType: 'spdx' }),
      { message: 'requirements[0] could never refuse anyone: it names no signer and no builder' },
    ],
    [
      'an issuer alone',
      one({ signers: [{ issuer: 'x' }] }),
      { message: 'requirements[0].signers[0] has no identity' },
    ],
    [
      'an identity alone',
      one({ signers: [{ identity: 'x' }] }),
      { message: 'requirements[0].signers[0] has no issuer' },
    ],
    [
      'a key and an identity',
      one({ signers: [{ ...signers[0], key: { sha256: 'a'.repeat(64) } }] }),
      { path: 'requirements[0].signers[0]' },
    ],
    [
      'a log rule for an identity',
      one({ signers: [{ ...signers[0], transparencyLog: 'optional' }] }),
      { path: 'requirements[0].signers[0].transparencyLog' },
    ],
    [
      'a digest that is none',
      one({ signers: [{ key: { sha256: 'A'.repeat(64) } }] }),
      { path: 'requirements[0].signers[0].key.sha256' },
    ],
    [
      'a key that is none',
      one({ signers: [{ key: { pem: 'x' } }] }),
      { message: 'requirements[0].signers[0].key.pem is not a public key' },
    ],
    [
      'an unknown extension',
      one({ signers: [{ ...signers[0], extensions: { sha: 'x' } }] }),
      { found: '"sha"' },
    ],
    [
      'look-ahead',
      one({ signers: [{ issuer: 'x', identity: { regexp: '(?=x)' } }] }),
      { path: 'requirements[0].signers[0].identity', found: '"(?=x)"' },
    ],
    [
      'no time',
      { ...minimal, expires: '2026-13-01T00:00:00Z' },
      { path: 'expires', found: '"2026-13-01T00:00:00Z"' },
    ],
    [
      'an end before the beginning',
      { ...minimal, notBefore: '2026-02-01T00:00:00Z', expires: '2026-01-01T00:00:00Z' },
      { path: 'expires' },
    ],
    [
      'no version',
      one({ signers, provenance: { source: { versionedTag: '1.2' } } }),
      { expected: 'v1, v1.2, v1.2.3 or v1.2.3-rc.1' },
    ],
    ['no range', one({ signers, provenance: { source: { tagRange: 'x y z' } } }), { found: '"x y z"' }],
    [
      'a short commit',
      one({ signers, provenance: { source: { digest: 'abc' } } }),
      { path: 'requirements[0].provenance.source.digest' },
    ],
    [
      'a level that does not exist',
      one({ signers, provenance: { level: 4 } }),
      { expected: '0, 1, 2, 3', found: '4' },
    ],
    [
      'a level that nobody has',
      one({ signers, provenance: { level: 2 } }),
      { path: 'requirements[0].provenance.level' },
    ],
    [
      "hermetic on nobody's word",
      one({ signers, provenance: { hermetic: true } }),
      { path: 'requirements[0].provenance.hermetic' },
    ],
    [
      "complete on nobody's word",
      one({ signers, provenance: { dependenciesComplete: true } }),
      { path: 'requirements[0].provenance.dependenciesComplete' },
    ],
    [
      'a builder by glob',
      one({ provenance: { builders: [{ id: 'https://*', level: 3 }] } }),
      { path: 'requirements[0].provenance.builders[0].id' },
    ],
    [
      'a schema that is none',
      one({ signers, predicate: { type: 'objet' } }),
      { path: 'requirements[0].predicate' },
    ],
    [
      'a schema with an unknown keyword',
      one({ signers, predicate: { requird: [] } }),
      { path: 'requirements[0].predicate' },
    ],
    [
      'a format, which is not checked',
      one({ signers, predicate: { format: 'date' } }),
      { path: 'requirements[0].predicate' },
    ],
  ])('%s', async (_, document, expected) => {
    expect(await refusal(document)).toMatchObject({ code: 'POLICY_INVALID', ...expected });
  });

  test.each<[string, object]>([
    ['a schema elsewhere', { signers, predicate: { $ref: 'https://example.com/schema' } }],
    ['an asynchronous schema', { signers, predicate: { $async: true, type: 'object' } }],
    ['another draft', { signers, predicate: { $schema: 'http://json-schema.org/draft-07/schema#' } }],
  ])('%s is not supported', async (_, requirement) => {
    const reason = await refusal(one(requirement));
    expect(reason).toMatchObject({ code: 'POLICY_UNSUPPORTED', at: { file: 'p.json' } });
  });

  test('every fault is told: the first in the text as reason, the others in the hint', async () => {
    expect(await refusal({ name: 5, mode: 'x', requirements: [{ signers, match: 1 }] })).toMatchObject({
      message: 'name has the wrong type',
      ...at(2, 11),
      hint: 'also line 3: mode is not one of the values allowed; line 12: requirements[0].match has the wrong type',
    });
  });

  test('the schema knows every certificate extension', () => {
    expect(Object.keys(schema.$defs.signer.properties.extensions.properties)).toEqual(extensionNames);
  });

  test('from flags, the flag is named', async () => {
    const document = {
      name: 'flags',
      requirements: [{ signers, provenance: { source: { versionedTag: 'x' } } }],
    };
    const error: unknown = await definePolicy(document, () => ({
      file: '--source-versioned-tag',
      line: 1,
      column: 1,
    })).catch((thrown: unknown) => thrown);
    expect(reasonOf(error).at?.file).toBe('--source-versioned-tag');
  });
});

describe('whatever a policy file holds', () => {
  const key = fc.constantFrom(
    'name',
    'mode',
    'requirements',
    'signers',
    'issuer',
    'identity',
    'regexp',
    'provenance',
    'source',
    'tagRange',
    'predicate',
    'match',
    'type',
    '__proto__',
    'constructor',
    '$ref',
    'pattern',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, 0, -1, 1e300, '', 'x', '*', '(', 'object', '2026-01-01T00:00:00Z'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  test('it is a policy, or refused with a reason', async () => {
    await fc.assert(
      fc.asyncProperty(value, fc.boolean(), async (part, nested) => {
        const document = nested ? { name: 'x', requirements: [{ signers, predicate: part }] } : part;
        const code = await parsePolicy(JSON.stringify(document), 'p.json').then(
          () => 'policy',
          (error: unknown) => reasonOf(error).code,
        );
        expect(['policy', 'POLICY_INVALID', 'POLICY_UNSUPPORTED']).toContain(code);
      }),
      { numRuns: 200 },
    );
  });
});
