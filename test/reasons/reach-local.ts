import { createServer } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseJob } from '../../release/local/parse-job.ts';
import { startLocal } from '../../release/local/start-local.ts';
import { folder } from './reach-caller.ts';
import { thrown, type Reaches } from './reach.ts';

/** Codes that tell of the local services. */
export const localReaches = {
  LOCAL_PORT_UNAVAILABLE: async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const reasons = await thrown(() => startLocal({ port }));
    server.close();
    return reasons;
  },
  LOCAL_STATE_INVALID: async () => {
    writeFileSync(path.join(folder, 'local.json'), '[]');
    return thrown(() => startLocal({ state: folder }));
  },
  LOCAL_CLAIMS_INVALID: async () =>
    thrown(async () => parseJob(Buffer.from('{"repo": "a/b"}'), 'claims.json')),
} satisfies Reaches;
