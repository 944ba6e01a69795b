import { spawnSync } from 'node:child_process';
import { findPeer } from '../interop/peers.ts';
import { formOf, type Question } from './answer.ts';

/** cosign's own conversion as a program, or empty where nobody has built it. */
export const oracleProgram = findPeer('cosign-payload', 'EDGESEAL_COSIGN_PAYLOAD');

/** Its answers, in order. */
export function ask(questions: readonly Question[]): readonly string[] {
  const input = questions
    .map(({ type, statement }) => `${JSON.stringify({ type, statement: statement.toString('base64') })}\n`)
    .join('');
  const { stdout, status, stderr } = spawnSync(oracleProgram, [], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`the oracle ended: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => formOf({ predicateType: '', ...JSON.parse(line) }));
}
