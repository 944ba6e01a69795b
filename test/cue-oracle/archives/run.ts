import { parseArgs } from 'node:util';
import { compareArchives, findArchives, pieces, singleArchives } from '../archives.ts';

/*
 * node test/cue-oracle/archives/run.ts [--pieces] [DIR]: CUE's own archives of one file through cosign's evaluation
 * and ours, with the empty document; --pieces takes their paragraphs one by one.
 */
const { values, positionals } = parseArgs({
  options: { pieces: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? findArchives();
if (folder === '') throw new Error("CUE's own suite is not in Go's module cache here: name its folder");
const whole = singleArchives(folder);
const answers = await compareArchives(values.pieces ? pieces(whole) : whole);
for (const { asked, cosign, ours, outcome } of answers) {
  if (outcome === 'same') continue;
  console.log(`${outcome}: ${asked.name}: cosign ${cosign.verdict} ${cosign.error ?? ''}`);
  console.log(`  ours ${ours.verdict} ${ours.reason}`);
}
for (const [outcome, of] of Map.groupBy(answers, (answer) => answer.outcome)) {
  console.log(
    `${outcome}: ${of.length} of ${answers.length} (${((100 * of.length) / answers.length).toFixed(1)} %)`,
  );
}
