import path from 'node:path';
import { nodeClock } from '#core/io/network';
import { nodeHttp } from '#core/io/http';
import { parseTrustedRoot } from '#core/trust/trusted-root';
import { identityOf } from '../local/claims.ts';
import { claimsOf, type Job } from '../local/job.ts';
import type { Local } from '../local/start-local.ts';
import { keylessSigner } from '../signing/certified-key.ts';
import { chooseServices } from '../signing/choose-services.ts';
import { insistBy } from '../signing/insist.ts';
import { openQueue } from '../signing/queue.ts';
import { Secrets } from '../signing/secrets.ts';
import { signStatement } from '../signing/sign-statement.ts';
import { parseSigningConfig } from '../signing/signing-config.ts';

const JSON_FILE = 'the configuration of the local services';

/**
 * Signs a statement by the local services, in the name of a job: they give a token to each.
 * @param folder for the queue; made where it is not there
 * @returns the bundle, a line of JSON
 */
export async function signStatementAs(
  local: Local,
  job: Job,
  statement: Uint8Array,
  folder: string,
): Promise<string> {
  const now = (): Date => new Date();
  const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const fetch = nodeHttp({ env: {} });
  const services = chooseServices(
    parseSigningConfig(bytesOf(local.signingConfig(2)), JSON_FILE),
    now().getTime(),
  );
  const progress = (): void => undefined;
  const insist = insistBy({ clock: nodeClock, random: Math.random, secrets: new Secrets(), progress });
  const authority = { what: 'Fulcio', url: services.authority.url, exchange: 20_000 };
  const signer = keylessSigner({ authority, token: async () => local.token(job), insist, now });
  await using queue = await openQueue(path.join(folder, 'queue'));
  return signStatement(
    {
      queue,
      services,
      signer,
      insist,
      expected: { issuer: local.url, identity: identityOf(claimsOf(job, local.url)) },
      root: parseTrustedRoot(bytesOf(local.trustedRoot), JSON_FILE),
      fetch,
      clock: nodeClock,
      now,
      progress,
    },
    statement,
  );
}
