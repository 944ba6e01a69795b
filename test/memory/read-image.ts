import process from 'node:process';
import { reasonOf } from '#core/errors/error';
import { read } from '../registry/reader.ts';

/* Reads the image that the first argument names, of the platform of the second; tells what came of it, and the peak. */
const [reference = '', platform] = process.argv.slice(2);
let outcome: string;
try {
  const { image, attested } = await read(reference, platform === undefined ? {} : { platform });
  outcome = `${image.platform === undefined ? 'image' : 'platform'}, ${attested.flatMap(({ items }) => items).length} attestations`;
} catch (error) {
  outcome = reasonOf(error).code;
}
process.stdout.write(JSON.stringify({ outcome, peak: process.resourceUsage().maxRSS / 1024 }));
