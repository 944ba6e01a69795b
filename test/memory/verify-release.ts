import process from 'node:process';
import { nodeFiles } from '#core/io/files';
import { nodeIo } from '#core/io/node-io';
import { main } from '../../verifier/main.ts';

/* Verifies the release that the arguments name, in the folder of the first; tells what came of it, and the peak. */
const [folder = '', ...argv] = process.argv.slice(2);
let stdout = '';
await main(['verify-release', '--output', 'json', ...argv], {
  ...nodeIo(),
  files: nodeFiles(folder),
  stdout: (text) => (stdout += text),
});
const codes = [...stdout.matchAll(/"code":"([A-Z_0-9]+)"/g)].map(([, code]) => code);
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ outcome: codes.join(), peak }));
