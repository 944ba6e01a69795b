import type { JsonObject } from '#core/json/value';
import { pointer, text as string, type Cell } from './go-cell.ts';
import { listOf, mapOf, struct } from './go-collection.ts';
import { bytes, structure } from './go-value.ts';
import { jsonText } from './json-text.ts';
import type { ProtoStatement } from './proto-statement.ts';

/** `in_toto_attestation.v1.ResourceDescriptor` by Go's own tags, which are not its JSON names. */
export const goResourceDescriptor = struct([
  { name: 'name', shape: string, omitempty: true },
  { name: 'uri', shape: string, omitempty: true },
  { name: 'digest', shape: mapOf(string), omitempty: true },
  { name: 'content', shape: bytes, omitempty: true },
  { name: 'download_location', shape: string, omitempty: true },
  { name: 'media_type', shape: string, omitempty: true },
  { name: 'annotations', shape: pointer(structure), omitempty: true },
]);

/**
 * A statement whose predicate is a text, as old cosign wrote it. The rest is read by Go's own tags, so that its type
 * is known only where it stands under another name.
 * @throws NotConvertible where another field is of another type
 */
export function legacyStatement(
  value: JsonObject,
  whole: string,
): { readonly read: ProtoStatement; readonly text: string } {
  const cells = { type: string(), subject: listOf(pointer(goResourceDescriptor))(), predicateType: string() };
  const { predicate, ...rest } = value;
  struct([
    { name: 'type', shape: () => cells.type },
    { name: 'subject', shape: () => cells.subject },
    { name: 'predicate_type', shape: () => cells.predicateType },
    { name: 'predicate', shape: pointer(structure) },
  ])().read(rest, [], whole);
  const predicateType = textOf(cells.predicateType);
  const members = [
    `"_type":${cells.type.write()}`,
    `"subject":${cells.subject.write()}`,
    `"predicateType":${jsonText(predicateType)}`,
    `"predicate":${jsonText(predicate ?? null)}`,
  ];
  return { read: { predicateType, fields: {} }, text: `{${members.join(',')}}` };
}

function textOf(cell: Cell): string {
  const value: unknown = JSON.parse(cell.write());
  return typeof value === 'string' ? value : '';
}
