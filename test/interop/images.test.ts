import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bytesOf } from '../registry/content.ts';
import { TestRegistry } from '../registry/server.ts';
import { predicates, pushTo, shapeNames, types, type Shape, type Type } from './attested.ts';
import { findPeer, mustRun, payloadsOf, runEdgeseal, runPeer, startRegistry } from './peers.ts';

const cosign = findPeer('cosign', 'EDGESEAL_COSIGN');
const cosign2 = findPeer('cosign2', 'EDGESEAL_COSIGN2');
const registry = findPeer('registry', 'EDGESEAL_REGISTRY');

/** Registries: with the referrers API, without it, and go-containerregistry's. */
const stores = ['api', 'no api', ...(registry === '' ? [] : (['peer'] as const))] as const;
type Store = (typeof stores)[number];

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
let servers: { readonly host: string; readonly stop: () => unknown }[] = [];
const hosts = new Map<Store, string>();

describe.skipIf(cosign === '')(`images attested by cosign${missing}${without}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edgeseal-images-'));
    const [api, plain] = [await TestRegistry.start(), await TestRegistry.start({ referrersApi: false })];
    const peer = registry === '' ? undefined : await startRegistry(registry);
    hosts.set('api', api.host).set('no api', plain.host);
    if (peer !== undefined) hosts.set('peer', peer.host);
    servers = [api, plain, ...(peer === undefined ? [] : [peer])];
    await mustRun(cosign, ['generate-key-pair'], folder);
    await mustRun(cosign, ['generate-key-pair', '--output-key-prefix=other'], folder);
    for (const type of types)
      for (const id of ['1', '2', '3'])
        writeFileSync(join(folder, predicateFile(type, id)), bytesOf(predicates[type](`https://b/${id}`)));
  }, 30_000);
  afterAll(async () => {
    for (const { stop } of servers) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('all peers', () => expect(present.length).toBeGreaterThan(0));

  describe('one attestation', () => {
    const rows = present.flatMap((writer) => types.map((type) => [writer, type] as const));
    test.each(rows)('%s: %s', async (writer, type) => {
      const image = await pushed('api', 'image');
      await attest(image, writer, type);
      await same(['--key=cosign.pub', `--type=${type}`, image], 0);
      await same(['--key=cosign.pub', `--type=${type === 'vuln' ? 'openvex' : 'vuln'}`, image], 1);
      await same(['--key=other.pub', `--type=${type}`, image], 1);
    });
  });

  describe('several', () => {
    const rows = present.flatMap((writer) =>
      stores.flatMap((store) => shapeNames.map((shape) => [writer, store, shape] as const)),
    );
    test.each(rows)('%s: %s, %s', async (writer, store, shape) => {
      const image = await pushed(store, shape);
      await attest(image, writer, 'slsaprovenance1', '1');
      await attest(image, writer, 'slsaprovenance1', '2');
      await attest(image, writer, 'slsaprovenance1', '3', 'other.key');
      await attest(image, writer, 'spdxjson');
      await same(['--key=cosign.pub', '--type=slsaprovenance1', image], 0);
      await same(['--key=other.pub', '--type=slsaprovenance1', image], 0);
      await same(['--key=cosign.pub', '--type=spdxjson', image], 0);
      await same(['--key=cosign.pub', '--type=cyclonedx', image], 1);
    });
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
