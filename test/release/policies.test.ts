import { describe, expect, test } from 'vitest';
import { definePolicy } from '#core/policy/define-policy';
import type { Policy } from '#core/policy/policy';
import { NO_EXPECTATION, parseExpectation } from '#core/release-set/expectation';
import type { ReleaseImage } from '#core/release-set/judge-images';
import { fileOfBytes } from '#core/release-set/read-file';
import { verifyRelease } from '#core/release-set/verify-release';
import { renderJunit } from '#core/verdict/junit';
import { renderSarif } from '#core/verdict/sarif';
import type { Verdict } from '#core/verdict/verdict';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { githubIssuer } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { cycloneDx } from '../sigstore/statement.ts';
import { trustOf } from '../sigstore/trust.ts';
import { attest, hex, told } from './made-up.ts';

const signers = [{ issuer: githubIssuer, identity: 'https://github.com/example-org/example/**' }];
const others = [{ issuer: githubIssuer, identity: 'https://github.com/evil/example/**' }];
const evil: EvidenceOptions = {
  claims: {
    repository: 'evil/example',
    job_workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
    workflow_ref: 'evil/example/.github/workflows/release.yml@refs/tags/v1.2.3',
  },
};
const provenance = { name: 'provenance', predicateType: 'slsaprovenance1' as const, signers };
const theirs = { ...provenance, name: 'theirs', signers: others };
const sbom = { name: 'sbom', signers, sbom: {} };

type Document = Parameters<typeof definePolicy>[0];
type Files = Readonly<Record<string, string | Buffer>>;

const TAR = 'a.tar.gz';
const ZIP = 'b.zip';
const bytesOf = (name: string): Buffer => Buffer.from(`the bytes of ${name}\n`);
/** Bundles about files by their names. */
const proof = (names: string | readonly string[], options: EvidenceOptions = {}): Buffer => {
  const all = [names].flat();
  return attest(
    all.map((name) => [name, bytesOf(name)]),
    { seed: all.join(), ...options },
  );
};
/** A file and a bundle about it. */
const attested = (name: string, options: EvidenceOptions = {}): Files => ({
  [name]: bytesOf(name),
  [`${name}.sigstore.json`]: proof(name, options),
});
const image = (name: string, bundles: readonly Buffer[]): ReleaseImage => {
  const manifest = bytesOf(name);
  const artifact = { name, kind: 'image' as const, digests: { sha256: hex('sha256', manifest) } };
  return { name, subjects: [{ artifact, evidence: bundles.flatMap((bytes) => parseEvidence(bytes, name)) }] };
};
const IMAGE = 'registry.example/app:v1';

async function judge(
  policies: readonly Document[],
  files: Files,
  images: readonly ReleaseImage[] = [],
  expectation = NO_EXPECTATION,
): Promise<readonly Verdict[]> {
  const defined: Policy[] = [];
  for (const document of policies) defined.push(await definePolicy(document));
  return verifyRelease({
    name: 'release',
    files: Object.entries(files).map(([name, bytes]) => fileOfBytes(name, Buffer.from(bytes))),
    images,
    expectation,
    policies: defined,
    trust: trustOf(makeEvidence()),
    now: new Date('2026-06-01T00:00:00Z'),
  });
}

/** All that is told, and how the release as a whole comes out. */
async function outcome(...input: Parameters<typeof judge>): Promise<readonly [string, ...string[]]> {
  const verdicts = await judge(...input);
  return [verdicts.at(-1)?.outcome ?? 'none', ...told(verdicts)];
}

describe('a policy of several requirements', () => {
  const each: Document = {
    name: 'each',
    requirements: [
      { ...provenance, subjects: ['*.tar.gz'] },
      { ...theirs, subjects: ['*.zip'] },
    ],
  };
  const both: Document = { name: 'both', requirements: [provenance, { ...sbom, subjects: ['*.tar.gz'] }] };

  test.each<[string, Document, Files, readonly string[]]>([
    ['each file by its own', each, { ...attested(TAR), ...attested(ZIP, evil) }, ['pass']],
    [
      'not by the one that is meant for another file',
      each,
      { ...attested(TAR, evil), ...attested(ZIP) },
      ['fail', `SIGNER_IDENTITY_MISMATCH ${TAR}`, `SIGNER_IDENTITY_MISMATCH ${ZIP}`],
    ],
    [
      'an attested file that none of them names',
      each,
      { ...attested(TAR), ...attested('c.exe') },
      ['fail', 'POLICY_NO_MATCH c.exe'],
    ],
    [
      'one that the attestation of a proven file names, too',
      each,
      { [TAR]: bytesOf(TAR), 'c.exe': bytesOf('c.exe'), 'all.jsonl': proof([TAR, 'c.exe']) },
      ['fail', 'POLICY_NO_MATCH c.exe'],
    ],
    [
      'a file without attestation that none of them names',
      each,
      { ...attested(TAR), 'c.exe': bytesOf('c.exe') },
      ['fail', 'RELEASE_FILE_UNPROVEN c.exe'],
    ],
    [
      'a file under a name that another requirement speaks of',
      each,
      { 'a.zip': bytesOf(TAR), 'a.sigstore.json': proof(TAR) },
      ['fail', 'SIGNER_IDENTITY_MISMATCH a.zip'],
    ],
    [
      'a checksum list that is attested and not named',
      each,
      {
        ...attested(TAR),
        SHA256SUMS: `${hex('sha256', bytesOf(TAR))}  ${TAR}\n`,
        'sums.sigstore.json': attest([
          ['SHA256SUMS', Buffer.from(`${hex('sha256', bytesOf(TAR))}  ${TAR}\n`)],
        ]),
      },
      ['fail', 'POLICY_NO_MATCH SHA256SUMS'],
    ],
    [
      'what is missing, and only a file that is named is said to be',
      each,
      { [TAR]: bytesOf(TAR), 'all.jsonl': proof([TAR, 'gone.tar.gz', 'gone.exe']) },
      ['fail', 'RELEASE_FILE_MISSING gone.tar.gz'],
    ],
    [
      'both, each by an attestation',
      both,
      {
        ...attested(TAR),
        'sbom.jsonl': proof(TAR, { statement: cycloneDx, seed: 'sbom' }),
        ...attested(ZIP),
      },
      ['pass'],
    ],
    ['only one of both', both, attested(TAR), ['fail', `ATTESTATION_MISSING ${TAR}`]],
    [
      'only the other one of both',
      both,
      attested(TAR, { statement: cycloneDx }),
      ['fail', `ATTESTATION_MISSING ${TAR}`],
    ],
    [
      'a requirement for every file, in a policy that does not name the file',
      { name: 'tars', subjects: ['*.tar.gz'], requirements: [provenance] },
      { ...attested(TAR), ...attested(ZIP) },
      ['fail', `POLICY_NO_MATCH ${ZIP}`],
    ],
    [
      'a requirement that names the file, in a policy that does not',
      {
        name: 'tars',
        subjects: ['*.tar.gz'],
        requirements: [provenance, { ...provenance, name: 'zip', subjects: ['*.zip'] }],
      },
      { ...attested(TAR), ...attested(ZIP) },
      ['fail', `POLICY_NO_MATCH ${ZIP}`],
    ],
  ])('%s', async (_, policy, files, expected) => {
    expect(await outcome([policy], files)).toEqual(expected);
  });

  test('an image that none of them names', async () => {
    const found = image(IMAGE, [proof(IMAGE)]);
    expect(await outcome([each], attested(TAR), [found])).toEqual(['fail', `POLICY_NO_MATCH ${IMAGE}`]);
  });
});

describe('several policies', () => {
  const tars = { subjects: ['*.tar.gz'], requirements: [provenance] };
  const enforced: Document = { name: 'enforced', ...tars };
  const strict: Document = { name: 'strict', subjects: ['*.tar.gz'], requirements: [sbom] };
  const warned: Document = { ...strict, name: 'warned', mode: 'warn' };
  const zips: Document = { name: 'zips', mode: 'warn', subjects: ['*.zip'], requirements: [provenance] };
  const images: Document = { ...zips, name: 'images', subjects: ['registry.example/**'] };
  const withSbom = { ...attested(TAR), 'sbom.jsonl': proof(TAR, { statement: cycloneDx, seed: 'sbom' }) };

  test.each<[string, readonly Document[], Files, readonly string[]]>([
    ['both enforce, and are satisfied', [enforced, strict], withSbom, ['pass']],
    [
      'both enforce, one is not satisfied',
      [enforced, strict],
      attested(TAR),
      ['fail', `ATTESTATION_MISSING ${TAR}`],
    ],
    ['one warns, and is satisfied', [enforced, warned], withSbom, ['pass']],
    [
      'one warns about what the other enforces',
      [enforced, warned],
      attested(TAR),
      ['pass', `ATTESTATION_MISSING ${TAR}`],
    ],
    [
      'one warns; the one that enforces is not satisfied',
      [
        { ...strict, name: 'enforced' },
        { ...enforced, mode: 'warn' },
      ],
      attested(TAR),
      ['fail', `ATTESTATION_MISSING ${TAR}`],
    ],
    [
      'a file that only one that warns names, and that satisfies it',
      [enforced, zips],
      { ...attested(TAR), ...attested(ZIP) },
      ['pass'],
    ],
    [
      'a file that only one that warns names, and that does not satisfy it',
      [enforced, zips],
      { ...attested(TAR), ...attested(ZIP, evil) },
      ['fail', `RELEASE_FILE_UNPROVEN ${ZIP}`, `SIGNER_IDENTITY_MISMATCH ${ZIP}`],
    ],
    [
      'a file that only one that warns names, without attestation',
      [enforced, zips],
      { ...attested(TAR), [ZIP]: bytesOf(ZIP) },
      ['fail', `RELEASE_FILE_UNPROVEN ${ZIP}`],
    ],
    [
      'a file that none names',
      [enforced, zips],
      { ...attested(TAR), ...attested('c.exe') },
      ['fail', 'POLICY_NO_MATCH c.exe'],
    ],
    [
      'a file that was changed, and that only one that warns names',
      [enforced, zips],
      { ...attested(TAR), ...attested(ZIP), [ZIP]: 'other bytes' },
      ['fail', `RELEASE_FILE_CHANGED ${ZIP}`],
    ],
    [
      'all warn',
      [zips, warned],
      { ...attested(TAR), ...attested(ZIP, evil) },
      [
        'fail',
        `ATTESTATION_MISSING ${TAR}`,
        `RELEASE_ATTESTATION_UNUSED ${TAR}.sigstore.json`,
        `SIGNER_IDENTITY_MISMATCH ${ZIP}`,
      ],
    ],
    [
      'all warn, about what is not attested',
      [zips, warned],
      { [ZIP]: bytesOf(ZIP) },
      ['fail', `RELEASE_FILE_UNPROVEN ${ZIP}`],
    ],
    [
      'one has expired: what it names is refused, what it does not is not',
      [
        { ...enforced, expires: '2026-05-01T00:00:00Z' },
        { ...zips, mode: 'enforce' },
      ],
      { ...attested(TAR), ...attested(ZIP) },
      ['fail', `POLICY_EXPIRED ${TAR}`],
    ],
  ])('%s', async (_, policies, files, expected) => {
    expect(await outcome(policies, files)).toEqual(expected);
    // The order of the policies decides nothing.
    expect(await outcome(policies.toReversed(), files)).toEqual(expected);
  });

  test.each<[string, ReleaseImage, readonly string[]]>([
    ['passes', image(IMAGE, [proof(IMAGE)]), ['pass']],
    ['does not pass', image(IMAGE, [proof(IMAGE, evil)]), ['pass', `SIGNER_IDENTITY_MISMATCH ${IMAGE}`]],
    ['has no attestation', image(IMAGE, []), ['pass', `EVIDENCE_EMPTY ${IMAGE}`]],
    [
      'is missing',
      { name: IMAGE, reason: { code: 'RELEASE_IMAGE_MISSING', message: 'x' } },
      ['fail', `RELEASE_IMAGE_MISSING ${IMAGE}`],
    ],
    [
      'cannot be read',
      { name: IMAGE, reason: { code: 'REGISTRY_TIMEOUT', message: 'x' } },
      ['error', `REGISTRY_TIMEOUT ${IMAGE}`],
    ],
    [
      'is not listed',
      { ...image(IMAGE, [proof(IMAGE)]), isUnlisted: true },
      ['fail', `RELEASE_IMAGE_UNEXPECTED ${IMAGE}`],
    ],
  ])('an image that only one that warns names %s', async (_, found, expected) => {
    expect(await outcome([enforced, images], attested(TAR), [found])).toEqual(expected);
    expect(await outcome([images, enforced], attested(TAR), [found])).toEqual(expected);
  });

  test('a document that is listed is no matter of a policy', async () => {
    const expectation = parseExpectation('{"documents":["*.zip"]}', 'expected.json');
    const files = { ...attested(TAR), [ZIP]: bytesOf(ZIP) };
    expect(await outcome([enforced, zips], files, [], expectation)).toEqual(['pass']);
  });

  test('reports tell which policy says what', async () => {
    const verdicts = await judge([enforced, warned, zips], { ...attested(TAR), ...attested('c.exe') });
    const sarif: {
      runs: { results: { ruleId: string; level: string; message: { text: string } }[] }[];
    } = JSON.parse(renderSarif(verdicts));
    expect(
      sarif.runs.flatMap(({ results }) => results.map(({ ruleId, level }) => `${level} ${ruleId}`)),
    ).toEqual(['warning ATTESTATION_MISSING', 'error POLICY_NO_MATCH']);
    const suites = renderJunit(verdicts).split('<testsuite ').slice(1);
    const tests = suites.map((suite) => [
      /name="([^"]*)" tests="\d+" failures="(\d+)"/.exec(suite)?.slice(1).join(' '),
      ...new Set([...suite.matchAll(/classname="([^"]*)"/g)].map(([, name]) => name)),
    ]);
    expect(tests).toEqual([
      ['a.tar.gz 0', 'enforced'],
      ['a.tar.gz 0', 'warned'],
      ['a.tar.gz.sigstore.json 0', 'enforced'],
      ['c.exe 1', 'enforced'],
      ['c.exe.sigstore.json 0', 'enforced'],
      ['release 0', 'enforced'],
    ]);
  });
});
