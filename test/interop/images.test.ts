import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { attachBundles, attachLayers, bytesOf, legacyLayer, pushImage } from '../registry/content.ts';
import { TestRegistry } from '../registry/server.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { cycloneDx, githubProvenance, type StatementMaker } from '../sigstore/statement.ts';
import { makeWorld } from '../sigstore/world.ts';
import { predicates, pushTo, types, type Shape, type Type } from './attested.ts';
import { findPeer, mustRun, payloadsOf, runEdgeseal, runPeer, startRegistry } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const cosign2 = findPeer('cosign2', 'EDGESEAL_COSIGN2');
const registry = findPeer('registry', 'EDGESEAL_REGISTRY');

/** Registries: with the referrers API, without it, and go-containerregistry's. */
type Store = 'api' | 'no api' | 'peer';
const stores: readonly Store[] = ['api', 'no api', ...(registry === '' ? [] : (['peer'] as const))];

/** Where images with several attestations are. */
const places = (
  [
    ['api', 'image'],
    ['api', 'index of 2'],
    ['api', 'index of 3'],
    ['no api', 'index of 2'],
    ['peer', 'image'],
    ['peer', 'index of 3'],
  ] as const satisfies readonly (readonly [Store, Shape])[]
).filter(([store]) => stores.some((one) => one === store));

/** Who writes attestations, and in which layout. */
const writers = {
  'cosign 3, bundles': {
    program: cosign,
    flags: ['--use-signing-config=false', '--tlog-upload=false', '-y'],
  },
  'cosign 3, layers': {
    program: cosign,
    flags: ['--use-signing-config=false', '--tlog-upload=false', '-y', '--new-bundle-format=false'],
  },
  'cosign 2, bundles': { program: cosign2, flags: ['--tlog-upload=false', '-y', '--new-bundle-format=true'] },
  'cosign 2, layers': { program: cosign2, flags: ['--tlog-upload=false', '-y'] },
} as const;
type Writer = keyof typeof writers;
const known: readonly string[] = Object.keys(writers);
const present = known.filter(
  (name): name is Writer => name in writers && (name.startsWith('cosign 3') ? cosign : cosign2) !== '',
);

const missing = cosign === '' ? ' (skipped: no cosign by EDGESEAL_COSIGN or on PATH)' : '';
const partly = [
  cosign2 === '' ? 'no cosign 2' : '',
  registry === '' ? "no go-containerregistry's registry" : '',
].filter((part) => part !== '');
const without = missing === '' && partly.length > 0 ? ` (without rows: ${partly.join(', ')})` : '';

let folder = '';
let inProcess: TestRegistry;
const stops: (() => Promise<void>)[] = [];
const hosts = new Map<Store, string>();

describe.skipIf(cosign === '')(`images attested by cosign${missing}${without}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeseal-images-'));
    const [api, plain] = [await TestRegistry.start(), await TestRegistry.start({ referrersApi: false })];
    const peer = registry === '' ? undefined : await startRegistry(registry);
    hosts.set('api', api.host).set('no api', plain.host);
    if (peer !== undefined) hosts.set('peer', peer.host);
    inProcess = api;
    stops.push(
      async () => api.stop(),
      async () => plain.stop(),
      async () => peer?.stop(),
    );
    await mustRun(cosign, ['generate-key-pair'], folder);
    await mustRun(cosign, ['generate-key-pair', '--output-key-prefix=other'], folder);
    for (const type of types)
      for (const id of ['1', '2', '3'])
        writeFileSync(join(folder, predicateFile(type, id)), bytesOf(predicates[type](`https://b/${id}`)));
  }, 30_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('all peers', () => expect(present.length).toBeGreaterThan(0));

  describe('one attestation', () => {
    const rows = present.flatMap((writer) => types.map((type) => [writer, type] as const));
    test.each(rows)('%s: %s', async (writer, type) => {
      const image = await pushed('api', 'image');
      await attest(image, writer, type);
      await Promise.all([
        same(['--key=cosign.pub', `--type=${type}`, image], 0),
        same(['--key=other.pub', `--type=${type}`, image], 1),
      ]);
    });
  });

  describe('several', () => {
    const rows = present.flatMap((writer) => places.map((place) => [writer, ...place] as const));
    test.each(rows)('%s: %s, %s', async (writer, store, shape) => {
      const image = await pushed(store, shape);
      await attest(image, writer, 'slsaprovenance1', '1');
      await attest(image, writer, 'slsaprovenance1', '2');
      await attest(image, writer, 'slsaprovenance1', '3', 'other.key');
      await attest(image, writer, 'spdxjson');
      await Promise.all([
        same(['--key=cosign.pub', '--type=slsaprovenance1', image], 0),
        same(['--key=other.pub', '--type=slsaprovenance1', image], 0),
        same(['--key=cosign.pub', '--type=cyclonedx', image], 1),
      ]);
    });
  });

  describe('by certificate', () => {
    const layouts = ['bundle', 'layer'] as const;
    const rows: Readonly<Record<string, readonly [EvidenceOptions, 0 | 1]>> = {
      'SLSA v1': [{}, 0],
      'SLSA v0.2': [{ claims: generatorClaims }, 0],
      CycloneDX: [{ statement: cycloneDx }, 0],
      RSA: [{ keyType: 'rsa' }, 0],
      'a changed payload': [{ editEnvelope: (envelope) => void (envelope.payload = 'e30=') }, 1],
      'no SCT': [{ leaf: { scts: [] } }, 1],
      'no log entry': [{ log: 'none' }, 1],
      'another image': [{ artifact: { name: 'image', content: Buffer.from('another') } }, 1],
      'another authority': [{ world: makeWorld('other') }, 1],
    };
    const cases = Object.entries(rows).flatMap(([name, [options, exit]]) =>
      layouts.map((layout) => [layout, name, options, exit] as const),
    );
    test.each(cases)('%s: %s', async (layout, _, options, exit) => {
      const { image, args } = attach(layout, options);
      await same([...args, image], exit, []);
      if (exit === 0)
        await same([...args, '--certificate-identity=https://example.org', image].slice(1), 1, []);
    });
  });

  describe('differences that docs/compatibility.md lists', () => {
    test('expressions must fit the whole value', async () => {
      const { image, args } = attach('bundle', {});
      const [, ...rest] = args;
      await differ(['--certificate-identity-regexp=github.com', ...rest, image], 0, 1);
      await differ(['--certificate-identity-regexp=https://github.com/.*', ...rest, image], 0, 0);
    });

    test('provenance that contradicts its certificate', async () => {
      const statement: StatementMaker = (subjects, claims) =>
        githubProvenance(subjects, { ...claims, repository: 'example-org/another' });
      const { image, args } = attach('bundle', { statement });
      await differ([...args, image], 0, 1);
    });

    test('a layer by a P-384 certificate', async () => {
      const bundle = attach('bundle', { keyType: 'p384' });
      await differ([...bundle.args, bundle.image], 0, 0);
      const layer = attach('layer', { keyType: 'p384' });
      await differ([...layer.args, layer.image], 1, 0);
      const short = attach('layer', { keyType: 'p384', hash: 'sha256' });
      await differ([...short.args, short.image], 0, 0);
    });

    test('findings that cannot be read', async () => {
      const image = await pushed('api', 'image');
      writeFileSync(join(folder, 'vuln-unread.json'), bytesOf({ scanner: { uri: 'x', result: { a: 1 } } }));
      await attest(image, 'cosign 3, bundles', 'vuln', 'unread');
      await differ(['--key=cosign.pub', '--insecure-ignore-tlog', '--type=vuln', image], 0, 1);
    });

    test('both layouts are read', async () => {
      const image = await pushed('api', 'image');
      await attest(image, 'cosign 3, layers', 'spdxjson');
      await attest(image, 'cosign 3, bundles', 'cyclonedx');
      await same(['--key=cosign.pub', '--type=cyclonedx', image], 0);
      await differ(['--key=cosign.pub', '--insecure-ignore-tlog', '--type=spdxjson', image], 1, 0);
    });
  });

  test('what cosign saves', async () => {
    const image = await pushed('api', 'image');
    await attest(image, 'cosign 3, layers', 'slsaprovenance1');
    await mustRun(cosign, ['save', '--dir', 'saved', image], folder);
    const local = ['--new-bundle-format=false', '--local-image', 'saved'];
    const args = [
      'verify-attestation',
      '--key=cosign.pub',
      '--insecure-ignore-tlog',
      '--type=slsaprovenance1',
    ];
    const theirs = await runPeer(cosign, [...args, ...local], folder);
    const ours = await runEdgeseal([...args, ...local.slice(1)], folder);
    expect([ours.exit, theirs.exit]).toEqual([0, 0]);
    expect(payloadsOf(ours)).toEqual(payloadsOf(theirs));
  });
});

const predicateFile = (type: Type, id: string): string => `${type.replaceAll(/\W/g, '-')}-${id}.json`;

let count = 0;
async function pushed(store: Store, shape: Shape): Promise<string> {
  const repository = `t/image${count++}`;
  const host = hosts.get(store) ?? '';
  await pushTo(host, repository, shape);
  return `${host}/${repository}:v1`;
}

async function attest(
  image: string,
  writer: Writer,
  type: Type,
  id = '1',
  key = 'cosign.key',
): Promise<void> {
  const { program, flags } = writers[writer];
  await mustRun(
    program,
    ['attest', `--type=${type}`, `--predicate=${predicateFile(type, id)}`, `--key=${key}`, ...flags, image],
    folder,
  );
}

/** One command line, cosign's answer and ours: the same exit and the same payloads. cosign's order varies. */
async function same(
  words: readonly string[],
  exit: 0 | 1,
  more: readonly string[] = ['--insecure-ignore-tlog'],
): Promise<void> {
  const args = ['verify-attestation', ...more, ...words];
  const [theirs, ours] = await Promise.all([runPeer(cosign, args, folder), runEdgeseal(args, folder)]);
  expect(
    { cosign: theirs.exit, edgeseal: ours.exit },
    `${args.join(' ')}\n${theirs.stderr}\n${ours.stderr}`,
  ).toEqual({ cosign: exit, edgeseal: exit });
  if (exit === 0) expect(payloadsOf(ours).toSorted()).toEqual(payloadsOf(theirs).toSorted());
  if (exit === 0) expect(payloadsOf(ours).length).toBeGreaterThan(0);
}

/** The exits that differ on purpose: cosign's, ours. */
async function differ(words: readonly string[], cosigns: 0 | 1, ours: 0 | 1): Promise<void> {
  const args = ['verify-attestation', ...words];
  const answers = await Promise.all([runPeer(cosign, args, folder), runEdgeseal(args, folder)]);
  const text = answers.map(({ stderr }) => stderr).join('\n');
  expect(
    answers.map(({ exit }) => exit),
    `${args.join(' ')}\n${text}`,
  ).toEqual([cosigns, ours]);
}

/** An image with an attestation by a certificate of a Sigstore of our own, and the flags that accept it. */
function attach(
  layout: 'bundle' | 'layer',
  options: EvidenceOptions,
): { readonly image: string; readonly args: readonly [string, ...string[]] } {
  const repository = `t/image${count++}`;
  const subject = pushImage(inProcess, repository, 'v1');
  const artifact = { name: 'image', content: subject };
  const genuine = makeEvidence({ artifact, claims: options.claims });
  const root = `${repository.replace('/', '-')}-root.json`;
  writeFileSync(join(folder, root), genuine.trustedRootBytes);
  if (layout === 'layer')
    attachLayers(inProcess, repository, subject, [legacyLayer({ artifact, ...options })]);
  else attachBundles(inProcess, repository, subject, [makeEvidence({ artifact, ...options })]);
  const type =
    options.statement === cycloneDx
      ? 'cyclonedx'
      : options.claims === generatorClaims
        ? 'slsaprovenance'
        : 'slsaprovenance1';
  return {
    image: `${inProcess.host}/${repository}:v1`,
    args: [
      `--certificate-identity=${genuine.identity}`,
      `--certificate-oidc-issuer=${genuine.issuer}`,
      `--trusted-root=${root}`,
      `--type=${type}`,
    ],
  };
}
