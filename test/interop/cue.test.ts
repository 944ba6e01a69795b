import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '#core/bytes/digest';
import { resolvePredicateType } from '#core/in-toto-attestation/predicate-type';
import { attachBundles, attachLayers, legacyLayer, pushImage } from '../registry/content.ts';
import { TestRegistry } from '../registry/server.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { cueCases, type CueCase } from './cue-cases.ts';
import { findPeer, payloadsOf, runEdgeseal, runPeer, type Answer } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const skipped = cosign === '' ? ' (skipped: no cosign by EDGESEAL_COSIGN or on PATH)' : '';

const layouts = ['bundle', 'layer'] as const;
type Layout = (typeof layouts)[number];

let folder = '';
let registry: TestRegistry;
let count = 0;

describe.skipIf(cosign === '')(`CUE policies on attested images, beside cosign${skipped}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeseal-cue-'));
    registry = await TestRegistry.start();
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('there are at least 60 images, some of which cosign accepts for want of a field', () => {
    expect(cueCases.length * layouts.length).toBeGreaterThanOrEqual(60);
    const open = cueCases.filter(
      ({ cosign: says, safe }) => says === 'accepts' && safe === 'CUE_FIELD_MISSING',
    );
    expect(open.length).toBeGreaterThan(12);
  });

  const rows = layouts.flatMap((layout) => cueCases.map((one) => [layout, one.name, one] as const));
  test.each(rows)('%s: %s', async (layout, _, one) => {
    const args = attached(layout, one.type, [payloadFor(one)], one.policy);
    const { theirs, compatible, safe } = await judged(args);
    expect(says(theirs), theirs.stderr).toBe(one.cosign);
    expect(says(compatible), compatible.stderr).toBe(one.cosign);
    if (one.cosign === 'accepts') expect(payloadsOf(compatible)).toEqual(payloadsOf(theirs));
    expect(says(safe), safe.stderr).toBe(one.safe === 'accepts' ? 'accepts' : 'refuses');
    if (one.safe === 'accepts') return;
    expect(safe.stderr).toContain(`${one.safe}: `);
    if (one.cosign === 'accepts') expect(compatible.stderr).toMatch(/in safe mode: REFUSED/);
  });

  describe('several attestations', () => {
    const base = { type: 'https://example.com/review/v1', policy: '', name: '' };
    const fits = payloadFor({ ...base, predicate: '{"a":1}' });
    const more = payloadFor({ ...base, predicate: '{"a":1,"b":2}' });
    const does = payloadFor({ ...base, predicate: '{"a":2}' });
    const lacks = payloadFor({ ...base, predicate: '{}' });
    const strange = payloadFor({ ...base, predicate: '{"a":2}', beside: '"more":1' });
    const aText = payloadFor({ ...base, predicate: '"a"' });
    const other = payloadFor({ ...base, type: 'https://example.com/o', predicate: '{}', beside: '"more":1' });
    const bad: EvidenceOptions = { editEnvelope: (envelope) => void (envelope.payload = 'e30=') };
    test.each([
      ['both fit', [fits, more], {}, 'accepts'],
      ['one does not', [fits, does], {}, 'refuses'],
      ['one lacks the field', [fits, lacks], {}, 'accepts'],
      ['one that does not fit is not signed', [fits, does], bad, 'accepts'],
      ['one that does not fit is no statement to cosign', [fits, strange], {}, 'accepts'],
      ['one that does not fit has a text for a predicate', [fits, aText], {}, 'accepts'],
      ['one of another type is no statement to cosign', [fits, other], {}, 'accepts'],
    ] as const)('%s', async (_, payloads, spoilt, cosigns) => {
      for (const layout of layouts) {
        const args = attached(layout, base.type, payloads, 'predicate: a: 1', spoilt);
        const { theirs, compatible, safe } = await judged(args);
        const said = { cosign: says(theirs), compatible: says(compatible), safe: says(safe) };
        const right = { cosign: cosigns, compatible: cosigns, safe: 'accepts' };
        expect(said, theirs.stderr + compatible.stderr).toEqual(right);
      }
    });

    test('one is not what its type demands', async () => {
      const link = payloadFor({ type: 'link', predicate: '{"name":"n"}' });
      const wrong = payloadFor({ type: 'link', predicate: '{"command":"make"}' });
      const { theirs, compatible } = await judged(attached('layer', 'link', [link, wrong], ''));
      expect([says(theirs), says(compatible)], theirs.stderr + compatible.stderr).toEqual([
        'refuses',
        'refuses',
      ]);
    });
  });
});

const says = ({ exit }: Answer): 'accepts' | 'refuses' => (exit === 0 ? 'accepts' : 'refuses');

interface Judged {
  readonly theirs: Answer;
  readonly compatible: Answer;
  readonly safe: Answer;
}

/** cosign's answer, ours by its way of judging, and ours by default. */
async function judged(args: readonly string[]): Promise<Judged> {
  const words = ['verify-attestation', ...args];
  const [theirs, compatible] = await Promise.all([
    runPeer(cosign, words, folder),
    runEdgeseal([...words, '--cue-compat=cosign'], folder),
  ]);
  return { theirs, compatible, safe: await runEdgeseal(words, folder) };
}

type PayloadMaker = (digest: string) => Buffer;

function payloadFor({
  type,
  predicate,
  beside,
}: Pick<CueCase, 'type' | 'predicate' | 'beside'>): PayloadMaker {
  return (digest) => {
    const members = [
      '"_type":"https://in-toto.io/Statement/v1"',
      `"subject":[{"name":"image","digest":{"sha256":"${digest}"}}]`,
      `"predicateType":${JSON.stringify(resolvePredicateType(type))}`,
      ...(predicate === undefined ? [] : [`"predicate":${predicate}`]),
      ...(beside === undefined ? [] : [beside]),
    ];
    return Buffer.from(`{${members.join(',')}}`);
  };
}

/**
 * An image with attestations, and the words of a command line that asks by a policy.
 * @param spoilt for the last of the attestations
 */
function attached(
  layout: Layout,
  type: string,
  payloads: readonly PayloadMaker[],
  policy: string | readonly string[],
  spoilt: EvidenceOptions = {},
): readonly string[] {
  const number = count++;
  const repository = `t/cue${number}`;
  const content = pushImage(registry, repository, 'v1');
  const artifact = { name: 'image', content };
  const genuine = makeEvidence({ artifact, claims: generatorClaims });
  writeFileSync(join(folder, `root${number}.json`), genuine.trustedRootBytes);
  const options = payloads.map((payload, index): EvidenceOptions => ({
    artifact,
    claims: generatorClaims,
    payload: payload(sha256Hex(content)),
    seed: String(index),
    ...(index === payloads.length - 1 ? spoilt : {}),
  }));
  if (layout === 'layer') attachLayers(registry, repository, content, options.map(legacyLayer));
  else attachBundles(registry, repository, content, options.map(makeEvidence));
  const files = [policy].flat().map((text, index) => {
    const file = `policy${number}-${index}.cue`;
    writeFileSync(join(folder, file), text);
    return `--policy=${file}`;
  });
  return [
    `--certificate-identity=${genuine.identity}`,
    `--certificate-oidc-issuer=${genuine.issuer}`,
    `--trusted-root=root${number}.json`,
    `--type=${type}`,
    ...files,
    `${registry.host}/${repository}:v1`,
  ];
}
