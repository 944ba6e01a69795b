import type { Random } from '../../fuzz/random.ts';
import type { Json } from './alphabet.ts';

/** A document as text: mostly plain, and now and then in forms that JSON allows, or just does not. */
export function writeJson(random: Random, value: Json): string {
  if (!random.chance(4)) return JSON.stringify(value);
  const text = unusual(random, value);
  if (!random.chance(12)) return text;
  const at = random.below(text.length);
  return random.pick([
    text.slice(0, at),
    `${text}${random.pick(['}', ' 1', ',', '\u0000', '//'])}`,
    `\uFEFF${text}`,
    `${text.slice(0, at)}${random.pick([',', '"', ']', '1', '\\', '\t'])}${text.slice(at)}`,
  ]);
}

function unusual(random: Random, value: Json): string {
  const space = random.pick(['', '', '', ' ', '\n', '\t\r\n ']);
  if (Array.isArray(value)) return `[${value.map((item) => unusual(random, item)).join(`,${space}`)}]`;
  if (typeof value === 'number') return numberText(random, value);
  if (typeof value === 'string') return stringText(random, value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, item]) => `${stringText(random, name)}${space}:${unusual(random, item)}`,
  );
  const [again] = fields;
  // Twice the same field: with the same value it is the field, else a conflict.
  if (again !== undefined && random.chance(12))
    fields.push(random.chance(2) ? again : `${again.slice(0, again.indexOf(':'))}:${random.pick(scalars)}`);
  return `{${space}${fields.join(`,${space}`)}}`;
}

const scalars = ['1', '2', '"x"', 'null', '{}', '[]', 'true'];

function numberText(random: Random, value: number): string {
  if (!random.chance(3)) return JSON.stringify(value);
  return random.pick([
    `${value}.0`,
    `${value}e0`,
    `${value}0E-1`,
    `${value}.00e+00`,
    `-${Math.abs(value)}`,
    '-0',
    '-0.0',
    '1e400',
    '1e-400',
    '12345678901234567890123',
    '1E+2',
    `${value}.000000000000000000000000000000000000001`,
    `0${value}`,
  ]);
}

function stringText(random: Random, value: string): string {
  const plain = JSON.stringify(value);
  if (!random.chance(5)) return plain;
  const escaped = Array.from(plain.slice(1, -1), (unit) =>
    unit.length === 1 && /[\w-]/.test(unit) && random.chance(2) && !plain.includes('\\')
      ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
      : unit,
  );
  const more = random.chance(4)
    ? random.pick(['\\ud83d\\ude00', '\\ud800', '\\udc00x', '\\/', '\\u0000', '\\u2028', 'e\u0301', '\uFEFF'])
    : '';
  return `"${escaped.join('')}${more}"`;
}
