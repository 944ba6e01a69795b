import { describe, expect, test } from 'vitest';
import { digestOf } from '../../release/local/registry-content.ts';
import { InProcess } from './in-process.ts';

const local = new InProcess();
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const headers = { 'content-type': OCI_MANIFEST };

const config = Buffer.from('{}');
const manifest = (more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: 2 },
      layers: [],
      ...more,
    }),
  );
const putBlob = (bytes: Buffer, name = 'example/app'): ReturnType<InProcess['ask']> =>
  local.ask(`/v2/${name}/blobs/uploads/?digest=${digestOf(bytes)}`, { method: 'POST', body: bytes });
const put = (reference: string, body: Buffer, name = 'example/app'): ReturnType<InProcess['ask']> =>
  local.ask(`/v2/${name}/manifests/${reference}`, { method: 'PUT', body, headers });
const code = ({ status, text }: ReturnType<InProcess['ask']>): unknown => [
  status,
  JSON.parse(text).errors?.[0]?.code,
];

putBlob(config);

describe('pushing', () => {
  test('a blob in several pieces', () => {
    const bytes = Buffer.from('in several pieces');
    const begun = local.ask('/v2/example/app/blobs/uploads/', { method: 'POST', body: Buffer.alloc(0) });
    const place = begun.headers?.['location'] ?? '';
    expect([begun.status, begun.headers?.['range']]).toEqual([202, '0-0']);
    const first = local.ask(place, { method: 'PATCH', body: bytes.subarray(0, 5) });
    expect([first.status, first.headers?.['range']]).toEqual([202, '0-4']);
    expect(local.ask(place).status).toBe(204);
    local.ask(place, { method: 'PATCH', body: bytes.subarray(5) });
    const done = local.ask(`${place}?digest=${digestOf(bytes)}`, { method: 'PUT', body: Buffer.alloc(0) });
    expect([done.status, done.headers?.['location']]).toEqual([
      201,
      `/v2/example/app/blobs/${digestOf(bytes)}`,
    ]);
    expect(local.ask(`/v2/example/app/blobs/${digestOf(bytes)}`).text).toBe('in several pieces');
    expect(code(local.ask(place))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
  });

  test('a blob that is there already', () => {
    const path = (digest: string): string =>
      `/v2/example/other/blobs/uploads/?mount=${digest}&from=example/app`;
    const post = { method: 'POST', body: Buffer.alloc(0) };
    expect(local.ask(path(digestOf(config)), post).status).toBe(201);
    expect(local.ask(path(`sha256:${'0'.repeat(64)}`), post).status).toBe(202);
  });

  test.each<[string, () => ReturnType<InProcess['ask']>, number, string]>([
    [
      'a blob that is another',
      () =>
        local.ask(`/v2/a/blobs/uploads/?digest=${digestOf(config)}`, {
          method: 'POST',
          body: Buffer.from('x'),
        }),
      400,
      'DIGEST_INVALID',
    ],
    ['a manifest that is another', () => put(digestOf(config), manifest()), 400, 'DIGEST_INVALID'],
    ['a manifest that is none', () => put('v1', Buffer.from('x')), 400, 'MANIFEST_INVALID'],
    [
      'a manifest of what is not there',
      () => put('v1', manifest({ layers: [{ digest: `sha256:${'1'.repeat(64)}`, size: 1 }] })),
      404,
      'MANIFEST_BLOB_UNKNOWN',
    ],
    ['a name that leaves the folder', () => put('v1', manifest(), '..%2f..%2fetc'), 404, 'NAME_INVALID'],
    [
      'a digest that is a path',
      () => local.ask('/v2/a/blobs/sha256:..%2f..%2fkeys.json'),
      400,
      'DIGEST_INVALID',
    ],
    ['a tag that is none', () => put('-v1', manifest()), 400, 'TAG_INVALID'],
    [
      'a method that it has not',
      () => local.ask('/v2/a/manifests/v1', { method: 'DELETE' }),
      405,
      'UNSUPPORTED',
    ],
  ])('%s is refused', (_, ask, status, error) => {
    expect(code(ask())).toEqual([status, error]);
  });
});

describe('pulling', () => {
  test('by tag and by digest, the tag that was pushed last', () => {
    const [one, two] = [manifest({ annotations: { a: '1' } }), manifest({ annotations: { a: '2' } })];
    for (const bytes of [one, two]) expect(put('v1', bytes).status).toBe(201);
    for (const [reference, bytes] of [
      ['v1', two],
      [digestOf(one), one],
    ] as const) {
      const found = local.ask(`/v2/example/app/manifests/${reference}`);
      expect([found.text, found.headers]).toEqual([
        bytes.toString(),
        { 'content-type': OCI_MANIFEST, 'docker-content-digest': digestOf(bytes) },
      ]);
    }
    expect(local.json('/v2/example/app/tags/list')).toEqual({ name: 'example/app', tags: ['v1'] });
    expect(local.json('/v2/_catalog')).toEqual({ repositories: ['example/app'] });
  });

  test('lists a page at a time', () => {
    for (const tag of ['a', 'b', 'c']) put(tag, manifest(), 'paged');
    const first = local.ask('/v2/paged/tags/list?n=2');
    expect(JSON.parse(first.text)).toEqual({ name: 'paged', tags: ['a', 'b'] });
    expect(first.headers?.['link']).toBe('</v2/paged/tags/list?n=2&last=b>; rel="next"');
    expect(local.json('/v2/paged/tags/list?n=2&last=b')).toEqual({ name: 'paged', tags: ['c'] });
  });

  test.each(['/v2/absent/manifests/v1', '/v2/example/app/manifests/absent', '/v2/absent/tags/list'])(
    '%s: 404',
    (path) => {
      expect(local.ask(path).status).toBe(404);
    },
  );
});

describe('referrers', () => {
  const subject = { mediaType: OCI_MANIFEST, digest: digestOf(manifest()), size: manifest().length };
  const bundle = manifest({ subject, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' });
  const bill = manifest({ subject, artifactType: 'application/spdx+json', annotations: { a: 'b' } });

  test('are there before what they refer to, all or of one type', () => {
    const pushed = [bundle, bill].map((bytes) => put(digestOf(bytes), bytes, 'referred'));
    expect(pushed.map(({ headers: found }) => found?.['oci-subject'])).toEqual([
      subject.digest,
      subject.digest,
    ]);
    const path = `/v2/referred/referrers/${subject.digest}`;
    const all = local.json(path);
    expect(all['manifests']).toHaveLength(2);
    const filtered = local.ask(`${path}?artifactType=application%2Fspdx%2Bjson`);
    expect(filtered.headers?.['oci-filters-applied']).toBe('artifactType');
    expect(JSON.parse(filtered.text).manifests).toEqual([
      {
        mediaType: OCI_MANIFEST,
        digest: digestOf(bill),
        size: bill.length,
        artifactType: 'application/spdx+json',
        annotations: { a: 'b' },
      },
    ]);
    expect(local.json(`/v2/absent/referrers/${subject.digest}`)['manifests']).toEqual([]);
  });
});
