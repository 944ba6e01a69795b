import { digestOf } from '../registry/server.ts';
import type { PieceName } from './image-world.ts';
import { get, isObject, list, text } from './json-tree.ts';
import { splitItems } from './target.ts';

/** Which piece is found by a descriptor in which other, and where that holds descriptors. */
const below: readonly (readonly [PieceName, 'manifests' | 'layers', PieceName])[] = [
  ['index', 'manifests', 'manifest'],
  ['list', 'manifests', 'index'],
  ['list', 'manifests', 'manifest'],
  ['list', 'manifests', 'referrer'],
  ['list', 'manifests', 'layers'],
  ['referrer', 'layers', 'attestation'],
  ['layers', 'layers', 'attestation'],
];

const types: Readonly<Record<'manifests' | 'layers', RegExp>> = {
  manifests: /^application\/vnd\.oci\.image\.(?:manifest|index)\.v1\+json$/,
  layers: /^application\/vnd\.(?:dsse\.envelope\.v1\+json$|dev\.sigstore\.bundle)/,
};

/**
 * What descriptors of accepted content say of it that is not so: its size, or a type of which it cannot be. Of
 * descriptors that name the same content in one place one must be right.
 */
export function falseDescriptors(served: ReadonlyMap<PieceName, Buffer>): readonly string[] {
  return below.flatMap(([outer, where, inner]) => {
    const [holder, content] = [served.get(outer), served.get(inner)];
    if (holder === undefined || content === undefined) return [];
    const [document] = splitItems(holder.toString('utf8')).items;
    const naming = list(document, where).filter((it) => text(it, 'digest') === digestOf(content));
    const isRight = naming.some(
      (it) =>
        isObject(it) && get(it, 'size') === content.length && types[where].test(text(it, 'mediaType') ?? ''),
    );
    return naming.length === 0 || isRight ? [] : [`${outer} says of ${inner} what is not so`];
  });
}
