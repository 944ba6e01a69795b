/** Package encoding/json. */

import { BOOL_KIND, BYTES_KIND, STRING_KIND, TOP_KIND } from '../value/kind.ts';
import { isRegular } from '../value/label.ts';
import {
  BuiltinError,
  type BuiltinCall,
  type BuiltinPackage,
  type Opaque,
  type ResultList,
} from './builtin.ts';
import { define } from './define.ts';
import { readJson } from './json-read.ts';
import { compact, indent, isJson, jsonValues } from './json-text.ts';
import { writeJson } from './json-write.ts';
import { limitItems } from './limits.ts';
import { octetText, textOfOctets } from './octet-text.ts';

const OCTETS = BYTES_KIND | STRING_KIND;
const HTML = /[<>&]|\xe2\x80[\xa8\xa9]/g;

const textArgument = (call: BuiltinCall): string => octetText(call.octets(0));

/** CUE's own scanner reads what is valid: it refuses what is no UTF-8. */
function utf8(octets: string): string {
  const text = textOfOctets(octets);
  if (Buffer.byteLength(text) !== octets.length || octetText(Buffer.from(text)) !== octets) {
    throw new BuiltinError('json: could not parse JSON');
  }
  return text;
}

function escapeHtml(call: BuiltinCall): string {
  const escaped = textArgument(call).replaceAll(HTML, (found) => {
    const point = found.length === 1 ? found.charCodeAt(0) : 0x2000 + (found.charCodeAt(2) & 0x3f);
    return `\\u${point.toString(16).padStart(4, '0')}`;
  });
  return textOfOctets(escaped);
}

function marshal(call: BuiltinCall): string {
  const value = call.concreteOpaque(0);
  refuseFunctions(call, value);
  return writeJson(call, value, call.concrete(0));
}

/** A function has no JSON. @throws BuiltinError, `unsupported` for one within a value: another error may be before it */
function refuseFunctions(call: BuiltinCall, value: Opaque, isWithin = false): void {
  const vertex = call.defaultOf(value);
  if (vertex.tag !== 'vertex') return;
  const { base, arcs } = vertex.deref();
  if (base?.tag === 'function') {
    throw new BuiltinError('a function has no JSON', isWithin ? 'unsupported' : 'evaluation');
  }
  for (const arc of arcs) if (isRegular(arc.label)) refuseFunctions(call, arc, true);
}

function marshalStream(call: BuiltinCall): string {
  const value = call.concreteOpaque(0);
  refuseFunctions(call, value);
  const items = call.items(call.defaultOf(value));
  if (items === undefined) throw new BuiltinError('the argument is not a list');
  const concrete = call.concrete(0);
  const lines = concrete.kind === 'list' ? concrete.items : [];
  return lines.map((line, i) => `${writeJson(call, items[i] ?? value, line)}\n`).join('');
}

function unmarshalStream(call: BuiltinCall): ResultList {
  const list = jsonValues(textArgument(call)).map((value) => readJson(utf8(value)));
  limitItems(list.length);
  return { list };
}

function validate(call: BuiltinCall): boolean {
  const text = textArgument(call);
  if (!isJson(text)) throw new BuiltinError('json: invalid JSON');
  const refusal = call.refusal(call.opaque(1), readJson(utf8(text)));
  if (refusal !== undefined) throw new BuiltinError('json: the schema refuses it', refusal);
  return true;
}

function indented(call: BuiltinCall): string {
  const octetsOf = (index: number): string => octetText(Buffer.from(call.string(index)));
  return textOfOctets(indent(textArgument(call), octetsOf(1), octetsOf(2)));
}

export const json: BuiltinPackage = {
  path: 'encoding/json',
  functions: [
    define('Valid', [OCTETS], BOOL_KIND, (c) => isJson(textArgument(c))),
    define('Compact', [OCTETS], STRING_KIND, (c) => textOfOctets(compact(textArgument(c)))),
    define('Indent', [OCTETS, STRING_KIND, STRING_KIND], STRING_KIND, indented),
    define('HTMLEscape', [OCTETS], STRING_KIND, escapeHtml),
    define('Marshal', [TOP_KIND], STRING_KIND, marshal),
    define('MarshalStream', [TOP_KIND], STRING_KIND, marshalStream),
    define('UnmarshalStream', [OCTETS], TOP_KIND, unmarshalStream),
    define('Unmarshal', [OCTETS], TOP_KIND, (c) => {
      const text = textArgument(c);
      if (!isJson(text)) throw new BuiltinError('json: invalid JSON');
      return readJson(utf8(text));
    }),
    { ...define('Validate', [OCTETS, TOP_KIND], BOOL_KIND, validate), nonConcrete: true },
  ],
};
