import { BuiltinError } from './builtin.ts';

/** The Jacobi symbol (x/y). @throws BuiltinError for an even y */
export function jacobi(x: bigint, y: bigint): bigint {
  if (y % 2n === 0n) throw new BuiltinError('the second argument is not odd');
  let sign = x < 0n && y < 0n ? -1n : 1n;
  let modulus = y < 0n ? -y : y;
  let rest = x;
  while (modulus !== 1n) {
    rest = ((rest % modulus) + modulus) % modulus;
    if (rest === 0n) return 0n;
    let isOddPower = false;
    for (; rest % 2n === 0n; rest /= 2n) isOddPower = !isOddPower;
    if (isOddPower && (modulus % 8n === 3n || modulus % 8n === 5n)) sign = -sign;
    if (rest % 4n === 3n && modulus % 4n === 3n) sign = -sign;
    [rest, modulus] = [modulus, rest];
  }
  return sign;
}
