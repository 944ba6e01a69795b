import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/index';
import { parseEvidence } from '#core/sigstore/parse-evidence';
import { authenticate } from '#core/sigstore/authenticate';
import { extractFacts } from '#core/slsa/extract-facts';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { assemble } from '../../release/assemble/assemble.ts';
import { writeBuild } from '../../release/build/build-file.ts';
import type { BuildRecord } from '../../release/build/build-record.ts';
import { sendAnswer } from '../../release/local/serve.ts';
import { startLocal, type Local } from '../../release/local/start-local.ts';
import { attestWork, type AttestCall } from './attest-work.ts';
import { makeWork, type Work, type WorkOptions } from './work.ts';

let local: Local;
const works: Work[] = [];
/** The services that were asked. */
const asked: string[] = [];
beforeAll(
  async () =>
    void (local = await startLocal({
      answering: async (exchange) => {
        asked.push(exchange.service);
        await sendAnswer(exchange);
      },
    })),
);
afterAll(async () => local.stop());
afterEach(() => works.splice(0).forEach((work) => work.remove()));
const make = async (options: WorkOptions = {}): Promise<Work> => {
  const work = await makeWork(options);
  works.push(work);
  return work;
};
const assetsOf = (work: Work): readonly string[] => readdirSync(path.join(work.folder, 'assets')).toSorted();
const asset = (work: Work, name: string): string =>
  readFileSync(path.join(work.folder, 'assets', name), 'utf8');
const amd64 = 'edgecore-1.24.0-linux-amd64.tar.gz';
const small: WorkOptions = { platforms: ['linux/amd64'], image: false };

/** A JSON policy of the release. */
const policy = (requirements: readonly object[]): WorkOptions => ({
  policy: ['policy.json', JSON.stringify({ name: 'ours', requirements })],
});
const provenance = (type: string): object => ({
  predicateType: type,
  signers: [
    { issuer: local.url, identity: 'https://github.com/kubeedge/edgeseal/.github/workflows/*@refs/tags/*' },
  ],
  provenance: { source: { repository: 'https://github.com/kubeedge/kubeedge', tag: 'v1.24.0' } },
});

describe('a build', () => {
  test.each([1, 2] as const)('is attested with Rekor v%i', async (rekor) => {
    const work = await make();
    expect(await attestWork(local, work, { rekor })).toEqual({ assets: 9, images: 1, attestations: 2 });
    expect(assetsOf(work)).toEqual([
      'SHA256SUMS',
      'SHA512SUMS',
      'docker.io-kubeedge-edgecore-v1.24.0-linux-amd64.cdx.json',
      'docker.io-kubeedge-edgecore-v1.24.0-linux-arm64.cdx.json',
      amd64,
      `${amd64}.cdx.json`,
      'edgecore-1.24.0-linux-arm64.tar.gz',
      'edgecore-1.24.0-linux-arm64.tar.gz.cdx.json',
      'multiple.intoto.jsonl',
    ]);
    const sums = asset(work, 'SHA256SUMS').trim().split('\n');
    expect(sums.map((line) => line.split('  ')[1])).toEqual(assetsOf(work).slice(2));
  });

  test('attested again gives the same files', async () => {
    const work = await make(small);
    await attestWork(local, work);
    const before = assetsOf(work).map((name) => [name, asset(work, name)]);
    writeFileSync(path.join(work.folder, 'assets', 'stray'), 'put there by somebody');
    await attestWork(local, work);
    expect(assetsOf(work).map((name) => [name, asset(work, name)])).toEqual(before);
  });

  test('facts of its provenance are borne out by the certificate', async () => {
    const work = await make(small);
    await attestWork(local, work);
    const [item] = parseEvidence(Buffer.from(asset(work, 'multiple.intoto.jsonl')), 'multiple.intoto.jsonl');
    if (item?.kind !== 'evidence') throw new Error(item?.reason.message);
    const root = parseTrustedRoot(Buffer.from(JSON.stringify(local.trustedRoot)), 'root.json');
    const nothing = { name: 'nothing', kind: 'digest', digests: {} } as const;
    const { signers, content } = authenticate(item.evidence, nothing, { root, keys: [] });
    const [signer] = signers;
    if (signer === undefined || content.kind !== 'dsse') throw new Error('no statement');
    const facts = extractFacts(parseStatement(content.payload), signer);
    if (facts.kind !== 'provenance') throw new Error(facts.kind);
    const by = (fact: { by: string; value: unknown } | undefined): unknown => [fact?.by, fact?.value];
    expect(by(facts.sourceRepository)).toEqual(['certificate', 'https://github.com/kubeedge/kubeedge']);
    expect(by(facts.sourceRef)).toEqual(['certificate', 'refs/tags/v1.24.0']);
    expect(by(facts.sourceDigest)).toEqual(['certificate', 'c'.repeat(40)]);
    expect(by(facts.workflowPath)).toEqual(['certificate', '.github/workflows/release.yml']);
    expect(by(facts.trigger)).toEqual(['certificate', 'push']);
    expect(by(facts.runnerEnvironment)).toEqual(['certificate', 'github-hosted']);
    expect(facts.invocationId?.by).toBe('certificate');
    expect(facts.builderId.by).toBe('certificate');
    expect(by(facts.hermetic)).toEqual(['builder', true]);
    expect(by(facts.dependenciesComplete)).toEqual(['builder', true]);
    expect(facts.dependencies.value.map(({ uri }) => uri)).toEqual([
      'git+https://github.com/kubeedge/kubeedge@refs/tags/v1.24.0',
      'git+https://github.com/kubeedge/kubeedge@refs/tags/v1.24.0#release.json',
      `git+https://github.com/kubeedge/kubeedge@${'c'.repeat(40)}#package-lock.json`,
      'pkg:npm/%40s/c@3.0.0',
      'pkg:npm/a@1.0.0',
      'pkg:npm/b@2.0.0',
    ]);
  });

  test('its images stay as they were built', async () => {
    const work = await make();
    const images = path.join(work.folder, 'images');
    const before = readdirSync(images, { recursive: true, encoding: 'utf8' }).toSorted();
    await attestWork(local, work);
    expect(readdirSync(images, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(before);
  });

  test('provenance v0.2 beside v1, where the policy asks for both', async () => {
    const types = ['slsaprovenance02', 'slsaprovenance1'];
    const work = await make({ ...small, ...policy(types.map(provenance)) });
    expect(await attestWork(local, work, { alsoV02: true })).toMatchObject({ attestations: 2 });
  });
});

describe('bills of materials', () => {
  test.each<[string, readonly string[], number]>([
    ['assets', ['*.tar.gz'], 4],
    ['images', ['docker.io/kubeedge/*'], 4],
    ['both', ['*.tar.gz', 'docker.io/kubeedge/*'], 6],
  ])('are attested where the policy asks for them: of %s', async (_, subjects, attestations) => {
    const sbom = {
      subjects,
      predicateType: 'cyclonedx',
      signers: [{ issuer: local.url, identity: 'https://github.com/kubeedge/**' }],
      sbom: { minimumPackages: 3, formats: ['CycloneDX'] },
    };
    const work = await make(policy([provenance('slsaprovenance1'), sbom]));
    expect(await attestWork(local, work)).toMatchObject({ attestations });
  });

  test('of an image lists the files that were put into it, and what they are made of', async () => {
    const work = await make();
    await attestWork(local, work);
    const [image] = work.build.images;
    for (const { platform, digest } of image?.platforms ?? []) {
      const name = `docker.io-kubeedge-edgecore-v1.24.0-${platform.replace('/', '-')}.cdx.json`;
      const { metadata, components } = JSON.parse(asset(work, name));
      expect(metadata.component).toMatchObject({
        type: 'container',
        name: 'index.docker.io/kubeedge/edgecore',
        hashes: [{ alg: 'SHA-256', content: digest.slice(7) }],
      });
      const scopes = components.map(({ 'bom-ref': ref, scope }: Record<string, string>) => [ref, scope]);
      expect(scopes).toEqual([
        ['file:/usr/local/bin/edgecore', 'required'],
        ['pkg:npm/%40s/c@3.0.0', 'excluded'],
        ['pkg:npm/a@1.0.0', 'required'],
        ['pkg:npm/b@2.0.0', 'excluded'],
      ]);
    }
  });
});

/** Code and path, or `attested`. */
async function answer(work: Work, call: AttestCall = {}): Promise<string> {
  try {
    await attestWork(local, work, call);
    return 'attested';
  } catch (error) {
    const { code } = reasonOf(error);
    expect(existsSync(path.join(work.folder, 'assets'))).toBe(false);
    return code;
  }
}

function spoil(work: Work, sha256: string, bytes: string): void {
  const file = path.join(work.folder, 'store/sha256', sha256);
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}

describe('what was built is looked at', () => {
  const zero = '0'.repeat(64);
  type Edit = (build: BuildRecord, work: Work) => BuildRecord | Promise<BuildRecord>;
  test.each<[string, Edit, string]>([
    ['nothing is wrong', (build) => build, 'attested'],
    ['it is of another lock', (build) => ({ ...build, lock: zero }), 'RELEASE_WORK_INVALID'],
    ['it has another date', (build) => ({ ...build, sourceDateEpoch: 1 }), 'RELEASE_WORK_INVALID'],
    ['an asset is missing', (build) => ({ ...build, assets: [] }), 'RELEASE_WORK_INVALID'],
    [
      'an asset is there twice',
      (build) => ({ ...build, assets: [...build.assets, ...build.assets] }),
      'RELEASE_WORK_INVALID',
    ],
    ['a step is missing', (build) => ({ ...build, steps: [] }), 'RELEASE_WORK_INVALID'],
    [
      'an output is missing',
      (build) => ({ ...build, outputs: build.outputs.slice(1) }),
      'RELEASE_WORK_INVALID',
    ],
    ['an image is missing', (build) => ({ ...build, images: [] }), 'RELEASE_WORK_INVALID'],
    [
      'an asset has another SHA-512',
      (build) => ({ ...build, assets: build.assets.map((one) => ({ ...one, sha512: '0'.repeat(128) })) }),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'an asset has another size',
      (build) => ({ ...build, assets: build.assets.map((one) => ({ ...one, size: 1 })) }),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'an output has another size',
      (build) => ({ ...build, outputs: build.outputs.map((one) => ({ ...one, size: 1 })) }),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'an archive holds another build of the program',
      async (build, { store }) => {
        const other = await store.put(Buffer.from('another build'));
        const outputs = build.outputs.map((one) => (one.executable ? { ...one, ...other } : one));
        return { ...build, outputs };
      },
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'the program in an archive cannot be executed',
      (build) => ({ ...build, outputs: build.outputs.map((one) => ({ ...one, executable: false })) }),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'an asset was changed in the store',
      (build, work) => {
        spoil(work, build.assets[0]?.sha256 ?? '', 'changed');
        return build;
      },
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'a log is not there',
      (build, work) => {
        rmSync(path.join(work.folder, 'store/sha256', build.steps[0]?.log ?? ''));
        return build;
      },
      'RELEASE_CONTENT_MISSING',
    ],
    [
      'an image is not in the layout',
      (build, work) => {
        const digest = build.images[0]?.digest.slice(7) ?? '';
        rmSync(path.join(work.folder, 'images/blobs/sha256', digest));
        return build;
      },
      'IMAGE_LAYOUT_INVALID',
    ],
    [
      'a layer was changed',
      (build, work) => {
        const blobs = path.join(work.folder, 'images/blobs/sha256');
        for (const name of readdirSync(blobs)) {
          const bytes = readFileSync(path.join(blobs, name));
          if (bytes[0] !== 0x1f) continue;
          chmodSync(path.join(blobs, name), 0o644);
          writeFileSync(
            path.join(blobs, name),
            Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ?? 0])]).fill(1, 4, 8),
          );
        }
        return build;
      },
      'RELEASE_CONTENT_MISMATCH',
    ],
    ...[
      ['an image has another entry point', { entrypoint: ['/bin/sh'] }] as const,
      [
        'an image has a file more',
        {
          files: [
            { output: 'edgecore/binary', path: '/usr/local/bin/edgecore' },
            { output: 'edgecore/readme', path: '/etc/profile' },
          ],
        },
      ] as const,
      [
        'an image has the program elsewhere',
        { files: [{ output: 'edgecore/binary', path: '/usr/bin/edgecore' }] },
      ] as const,
    ].map(([name, change]): [string, Edit, string] => [
      name,
      async (build, { plan, store, folder }) => {
        const images = plan.images.map((image) => ({
          ...image,
          platforms: image.platforms.map((one) => ({ ...one, ...change })),
        }));
        const made = await assemble({
          plan: { ...plan, images },
          outputs: build.outputs,
          store,
          layout: path.join(folder, 'images'),
          sourceDateEpoch: build.sourceDateEpoch,
        });
        return { ...build, images: made.images };
      },
      'RELEASE_CONTENT_MISMATCH',
    ]),
    [
      'an image is for another platform',
      (build) => ({
        ...build,
        images: build.images.map((image) => ({
          ...image,
          platforms: image.platforms.map((one) => ({ ...one, platform: 'linux/arm64' as const })),
        })),
      }),
      'RELEASE_CONTENT_MISMATCH',
    ],
    [
      'its evidence shows a network',
      async (build, { store }) => {
        const text = Buffer.from(await store.read(build.steps[0]?.evidence ?? '')).toString();
        const { sha256 } = await store.put(Buffer.from(text.replaceAll('["lo"]', '["lo","eth0"]')));
        return { ...build, steps: build.steps.map((step) => ({ ...step, evidence: sha256 })) };
      },
      'SANDBOX_NOT_HERMETIC',
    ],
    [
      'its evidence is of another kind',
      async (build, { store }) => {
        const { sha256 } = await store.put(Buffer.from('{"schemaVersion":1}'));
        return { ...build, steps: build.steps.map((step) => ({ ...step, evidence: sha256 })) };
      },
      'RELEASE_WORK_INVALID',
    ],
  ])('%s', async (_, edit, code) => {
    const work = await make({ platforms: ['linux/amd64'] });
    writeBuild(work.folder, await edit(work.build, work));
    expect(await answer(work)).toBe(code);
  });
});

describe('a second build', () => {
  const record = (work: Work, edit: object): void => {
    const record = {
      schemaVersion: 1,
      startedOn: 'x',
      finishedOn: 'x',
      varied: {},
      compared: { outputs: 1, assets: 1, images: 0 },
      differences: [],
      ...edit,
    };
    writeFileSync(path.join(work.folder, 'rebuild.json'), JSON.stringify(record));
  };
  const difference = {
    what: 'asset a',
    first: 'x',
    second: 'y',
    where: ['gzip'],
    offset: 1,
    found: ['a', 'b'],
  };
  test.each<[string, (build: string) => object, string]>([
    ['with equal bytes is a byproduct', (build) => ({ build }), 'attested'],
    ['of another build', () => ({ build: '0'.repeat(64) }), 'RELEASE_WORK_INVALID'],
    ['with other bytes', (build) => ({ build, differences: [difference] }), 'REBUILD_DIFFERS'],
    ['of another version', (build) => ({ build, schemaVersion: 2 }), 'RELEASE_WORK_INVALID'],
  ])('%s', async (_, edit, code) => {
    const work = await make(small);
    const { createHash } = await import('node:crypto');
    const build = createHash('sha256')
      .update(readFileSync(path.join(work.folder, 'build.json')))
      .digest('hex');
    record(work, edit(build));
    expect(await answer(work)).toBe(code);
    if (code === 'attested') {
      const [line = ''] = asset(work, 'multiple.intoto.jsonl').split('\n');
      const payload = Buffer.from(JSON.parse(line).dsseEnvelope.payload, 'base64').toString();
      expect(payload).toContain('"name":"rebuild.json"');
    }
  });
});

describe('the policy of the release', () => {
  const visibility = (wanted: string): object => {
    const extensions = { sourceRepositoryVisibilityAtSigning: wanted };
    const signers = [{ issuer: local.url, identity: '**', extensions }];
    return { predicateType: 'slsaprovenance1', signers };
  };
  test.each<[string, () => WorkOptions, AttestCall, string]>([
    ['passes', () => policy([provenance('slsaprovenance1')]), {}, 'attested'],
    [
      'asks for another signer',
      () => policy([{ signers: [{ issuer: 'https://other.example', identity: 'x' }] }]),
      {},
      'RELEASE_POLICY_REFUSED',
    ],
    [
      'does not ask for what is signed',
      () => policy([provenance('slsaprovenance1')]),
      { alsoV02: true },
      'RELEASE_POLICY_REFUSED',
    ],
    [
      'asks for more than is signed',
      () =>
        policy([
          provenance('slsaprovenance1'),
          { predicateType: 'vuln', signers: [{ issuer: local.url, identity: '**' }] },
        ]),
      {},
      'RELEASE_POLICY_REFUSED',
    ],
    [
      'asks for a level that the builder is not trusted for',
      () =>
        policy([
          {
            ...provenance('slsaprovenance1'),
            provenance: { level: 2, builders: [{ id: 'https://github.com/other/builder', level: 3 }] },
          },
        ]),
      {},
      'RELEASE_POLICY_REFUSED',
    ],
    ['asks for what only the certificate says', () => policy([visibility('public')]), {}, 'attested'],
    [
      'asks for what the certificate will not say',
      () => policy([visibility('private')]),
      {},
      'RELEASE_POLICY_REFUSED',
    ],
    ['cannot be read', () => ({ policy: ['policy.json', '{'] }), {}, 'JSON_SYNTAX'],
    [
      'names CUE that is not there',
      () => policy([{ cue: { files: ['x.cue'] } }]),
      {},
      'RELEASE_NAME_UNKNOWN',
    ],
  ])('%s, and nothing that does not pass is signed', async (_, options, call, code) => {
    const work = await make({ ...small, ...options() });
    asked.length = 0;
    expect(await answer(work, call)).toBe(code);
    if (code === 'attested') expect(asked).toContain('fulcio');
    else {
      expect(asked.filter((service) => service !== 'issuer')).toEqual([]);
      expect(existsSync(path.join(work.folder, 'queue'))).toBe(false);
    }
  });
});
