import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { corpus } from './corpus.ts';
import { ours, theirs, type Case } from './judge.ts';
import { conformanceCases, needed, present, slsaBundles } from './vectors.ts';

interface Difference {
  readonly name: RegExp;
  /** How we refuse what the library accepts; undefined where we accept what it refuses. */
  readonly code: ReasonCode | undefined;
  readonly why: string;
}

const stricter: readonly Difference[] = [
  { name: /a key twice/, code: 'JSON_DUPLICATE_KEY', why: 'readers disagree on which of the two counts' },
  { name: /unknown version/, code: 'BUNDLE_VERSION_UNSUPPORTED', why: 'the library never reads past v0.x' },
  { name: /base64/, code: 'BASE64_INVALID', why: 'gap J: Node passes over what is not base64' },
  {
    name: /^bundle: chain|certificates\.1\.rawBytes changed/,
    code: 'CERTIFICATE_CHAIN_INVALID',
    why: 'gap K',
  },
  { name: /^certificate: a CA/, code: 'CERTIFICATE_IS_CA', why: 'gap D' },
  { name: /^certificate: .*(usage|servers)/, code: 'CERTIFICATE_USAGE_INVALID', why: 'gap D' },
  { name: /unknown critical/, code: 'CERTIFICATE_EXTENSION_UNKNOWN_CRITICAL', why: 'gap D, RFC 5280 4.2' },
  { name: /an extension twice/, code: 'CERTIFICATE_EXTENSION_DUPLICATE', why: 'RFC 5280 4.2' },
  { name: /^certificate: .*names?$/, code: 'CERTIFICATE_SAN_INVALID', why: 'Fulcio gives exactly one name' },
  { name: /^certificate: two /, code: 'CERTIFICATE_EXTENSION_CONTRADICTION', why: 'two forms of one value' },
  {
    name: /^certificate: (trailing|extension of|Fulcio)/,
    code: 'CERTIFICATE_EXTENSION_INVALID',
    why: 'strict DER',
  },
  {
    name: /key no longer valid/,
    code: 'LOG_KEY_OUTSIDE_VALIDITY',
    why: 'gap E: checkpoints have no time check',
  },
  { name: /^entry: of another/, code: 'LOG_ENTRY_MISMATCH', why: 'the library ignores the logged verifier' },
  {
    name: /^entry: of a plain key/,
    code: 'LOG_ENTRY_INVALID',
    why: 'the library ignores the logged verifier',
  },
  { name: /rootHash left out/, code: 'BUNDLE_INVALID', why: 'gap I: the field is required' },
  {
    name: /root ?[hH]ash|treeSize|tree size/,
    code: 'LOG_PROOF_INVALID',
    why: 'gap I: must agree with the checkpoint',
  },
  {
    name: /another index than its proof|no index, Rekor v2|^Rekor v2: .*tlogEntries\.0\.logIndex/,
    code: 'LOG_PROOF_INVALID',
    why: 'Rekor v2 is one tree: the library passes over the outer index',
  },
  { name: /another origin/, code: 'CHECKPOINT_UNTRUSTED', why: 'C2SP: the signer is the origin' },
  {
    name: /^timestamp: authority/,
    code: 'TIMESTAMP_UNTRUSTED',
    why: 'RFC 3161 2.3: for time stamping alone',
  },
  { name: /without signing certificate attribute/, code: 'TIMESTAMP_INVALID', why: 'RFC 3161 2.4.1' },
  { name: /messageDigest\.algorithm left out/, code: 'BUNDLE_INVALID', why: 'the field is required' },
  {
    name: /missing-validity-start/,
    code: 'TRUST_ROOT_INVALID',
    why: 'conformance wants it; the library fails it',
  },
];

const broader: readonly Difference[] = [
  { name: /^intoto 0\.0\.1$/, code: undefined, why: 'old cosign entries, which the library does not know' },
  { name: /^(Rekor v2, )?P-384 leaf$/, code: undefined, why: 'algorithm registry: P-384 goes with SHA-384' },
  { name: /two fraction digits/, code: undefined, why: 'trap B: DER drops trailing zeros' },
  { name: /^v0\.1: .*checkpoint left out/, code: undefined, why: 'gap F: a promise suffices in v0.1' },
  { name: /^key: .*hint left out/, code: undefined, why: 'the hint is optional; every trusted key is tried' },
  {
    name: /^key: .*inclusionPromise left out/,
    code: undefined,
    why: 'a key without a window needs no proven time',
  },
];

/** Names of the cases on which the two disagree without a reason in the list; the reasons that were met. */
function compare(cases: readonly Case[]): { unexplained: string[]; met: Set<Difference> } {
  const unexplained: string[] = [];
  const met = new Set<Difference>();
  for (const question of cases) {
    const [mine, other] = [ours(question), theirs(question)];
    if (!mine.accepted && !mine.typed) unexplained.push(`${question.name}: untyped ${mine.message}`);
    if (mine.accepted && other.accepted) {
      if (mine.identity !== other.identity || mine.issuer !== other.issuer)
        unexplained.push(`${question.name}: another identity`);
      continue;
    }
    if (mine.accepted === other.accepted) continue;
    const code = mine.accepted ? undefined : mine.code;
    const reason = (mine.accepted ? broader : stricter).find(
      (difference) => difference.name.test(question.name) && difference.code === code,
    );
    if (reason === undefined) unexplained.push(`${question.name}: ${code ?? 'accepted'}`);
    else met.add(reason);
  }
  return { unexplained, met };
}

/** Cases of one test, so that none takes long. */
const PART = 60;

describe('same evidence, same answer as @sigstore/verify', () => {
  const cases = corpus();
  const parts = Array.from({ length: Math.ceil(cases.length / PART) }, (_, part) => part * PART);
  const known = new Set<Difference>();

  test('fixtures, their defects and mutants are many', () => {
    expect(cases.length).toBeGreaterThan(400);
  });

  test.each(parts)('fixtures, their defects and mutants: from %i on', (from) => {
    const { unexplained, met } = compare(cases.slice(from, from + PART));
    expect(unexplained).toEqual([]);
    for (const difference of met) known.add(difference);
  });

  test('every difference that is explained was met', () => {
    const unused = [...stricter, ...broader].filter((difference) => !known.has(difference));
    // This one is met by the vectors alone.
    expect(unused.map(({ why }) => why)).toEqual(['conformance wants it; the library fails it']);
  });

  test.skipIf(!present)(`sigstore-conformance by path${needed}`, () => {
    const cases = conformanceCases();
    expect(cases).toHaveLength(70);
    expect(compare(cases).unexplained).toEqual([]);
  });

  test.skipIf(!present)(`bundles of slsa-verifier and npm${needed}`, () => {
    const cases = slsaBundles();
    expect(cases).toHaveLength(62);
    const { unexplained, met } = compare(cases);
    expect(unexplained).toEqual([]);
    expect([...met]).toEqual([]);
    expect(cases.filter((question) => ours(question).accepted)).toHaveLength(52);
  });
});
