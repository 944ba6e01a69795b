import { writeFileSync } from 'node:fs';
import { ask, oracleProgram } from './oracle.ts';
import { digestOf } from './answer.ts';
import { recordedFile, recordedQuestions } from './recorded.ts';

/* node test/cosign-payload/record.ts: asks cosign again and writes its answers down. */
if (oracleProgram === '') throw new Error('cosign-payload is not built here (see .ci/run)');
const digests = ask(recordedQuestions).map(digestOf);
writeFileSync(recordedFile, digests.map((digest) => `${digest}\n`).join(''));
process.stdout.write(`${digests.length} answers\n`);
