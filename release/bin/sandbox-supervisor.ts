import { supervise } from '../sandbox/supervisor.ts';

await supervise(process.argv.slice(2));
