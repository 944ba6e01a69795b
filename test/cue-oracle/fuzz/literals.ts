import type { Random } from '../../fuzz/random.ts';
import type { Json } from './alphabet.ts';

/** A value as a policy may write it: mostly as JSON has it, and now and then in CUE's other forms. */
export function writeLiteral(random: Random, sample: Json): string {
  const plain = JSON.stringify(sample);
  if (!random.chance(6)) return plain;
  if (typeof sample === 'number') return Number.isInteger(sample) ? integer(random, sample) : plain;
  return typeof sample === 'string' ? text(random, sample) : plain;
}

function integer(random: Random, value: number): string {
  if (value < 0) return `-${integer(random, -value)}`;
  return random.pick([
    `0x${value.toString(16)}`,
    `0X${value.toString(16).toUpperCase()}`,
    `0b${value.toString(2)}`,
    `0o${value.toString(8)}`,
    `+${value}`,
    `${value}_000`,
    `${value}K`,
    `${value}.5Ki`,
    `${value}.0`,
    `${value}.`,
    `${value}e0`,
    `${value}0e-1`,
    `.${value}`,
    `(${value + 1} - 1)`,
  ]);
}

function text(random: Random, value: string): string {
  const plain = JSON.stringify(value);
  const isPlain = /^[\w \p{L}.:/+@-]*$/u.test(value);
  if (!isPlain) return plain;
  return random.pick([
    `#"${value}"#`,
    `##"${value}"##`,
    `"""\n\t${value}\n\t"""`,
    `#"""\n${value}\n"""#`,
    `"${[...value].map((point) => `\\U${(point.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join('')}"`,
    `"\\("${value}")"`,
    `"${value}\\u0065\\u0301"`,
    `'${value}'`,
    `("" + "${value}")`,
  ]);
}
