import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '#core/errors/codes';
import { bytesOf, pushImage } from './content.ts';
import { answer, type Fault } from './faulty-registry.ts';
import { drip, hang, jsonType, ReadRegistry, timed } from './read-registry.ts';
import { read, refusalOf } from './reader.ts';
import { digestOf, OCI_INDEX } from './server.ts';

const world = new ReadRegistry();

describe('faults in the list of attestations', () => {
  test.each<[string, Fault, ReasonCode]>([
    ['500', answer(500, {}), 'REGISTRY_UNAVAILABLE'],
    ['403', answer(403, {}), 'REGISTRY_UNAUTHORISED'],
    ['another type', answer(200, jsonType, '{}'), 'REGISTRY_TYPE_UNEXPECTED'],
    ['not JSON', answer(200, { 'content-type': OCI_INDEX }, '{'), 'JSON_SYNTAX'],
    ['silence', hang, 'REGISTRY_TIMEOUT'],
    ['a drip', drip(OCI_INDEX), 'REGISTRY_TIMEOUT'],
  ])('%s', async (_, fault, code) => {
    pushImage(world.registry, 'o/app', 'v1');
    world.registry.fault(/referrers/, fault);
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({ code });
  });

  test('pages without end', async () => {
    const manifest = pushImage(world.registry, 'o/app', 'v1');
    const link = `</v2/o/app/referrers/${digestOf(manifest)}?again>; rel="next"`;
    world.registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX, link }, bytesOf({ schemaVersion: 2, manifests: [] })),
    );
    expect(await timed(refusalOf(world.image(), world.options()))).toMatchObject({
      code: 'EVIDENCE_TOO_MANY',
    });
  });

  test('a next page somewhere else is not asked for', async () => {
    pushImage(world.registry, 'o/app', 'v1');
    const link = `<http://${world.stranger.host}/v2/x>; rel="next"`;
    world.registry.fault(
      /referrers/,
      answer(200, { 'content-type': OCI_INDEX, link }, bytesOf({ schemaVersion: 2, manifests: [] })),
    );
    await timed(read(world.image(), world.options()));
    expect(world.stranger.asked).toEqual([]);
  });
});
