import { once } from 'node:events';
import { linesOf, readCase } from './case.ts';
import { judge } from './ours.ts';

/*
 * node test/cue-oracle/engine.ts: our engine behind the oracle's contract.
 * {"name", "policies", "document"} in, {"name", "verdict", "reason"} out, a JSON line each, in order.
 */
for await (const line of linesOf(process.stdin)) {
  const asked = readCase(line);
  const { verdict, reason } =
    asked === undefined
      ? { verdict: 'UNSUPPORTED', reason: 'no case' }
      : judge(asked.policies)(asked.document);
  const answer = JSON.stringify({ name: asked?.name ?? '', verdict, reason });
  if (!process.stdout.write(`${answer}\n`)) await once(process.stdout, 'drain');
}
