import { defineCommand } from '#core/cli/command';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { parseJob } from '../local/parse-job.ts';
import { startLocal } from '../local/start-local.ts';
import { writeFiles } from '../local/written-files.ts';
import { localJson, localText } from '../report/local-text.ts';

export const command = defineCommand({
  name: 'local up',
  usage: '[flags]',
  about: [
    'Runs a whole Sigstore and a registry in one process on 127.0.0.1, to try a release from end to end without a network: an OIDC issuer with the claims of GitHub Actions, Fulcio with a CT log, Rekor v1 and v2, a timestamp authority, an OCI registry with referrers.',
    'For development only. Nothing that it signs proves anything: whoever reaches the port is given a certificate for any workflow. Its certificates say so by their names.',
    'It writes a trusted root and signing configs, prints where they are and what to set in the environment, and runs until it is interrupted. Everything is kept in memory, or with --state in a folder: keys, logs, images, port.',
    'docs/local.md shows how to sign and verify with it.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    port: {
      kind: 'text',
      value: 'PORT',
      about: 'of 127.0.0.1 (default: that of the state, else any that is free)',
    },
    state: { kind: 'text', value: 'DIR', about: 'keep everything in this folder' },
    claims: {
      kind: 'text',
      value: 'FILE',
      about:
        "claims of the job whose environment is printed (JSON): repository, ref, job_workflow_ref and GitHub's others",
    },
    json: { kind: 'switch', about: 'one line of JSON when all is up' },
  },
  examples: [
    { about: 'A Sigstore to play with', command: 'edgeseal-release local up' },
    {
      about: 'The same keys, logs and images the next time',
      command: 'edgeseal-release local up --state .edgeseal-local --port 4711',
    },
  ],
  run: async (flags, _operands, io) => {
    const port = portOf(flags.text('port'));
    const claims = flags.text('claims');
    const job = claims === undefined ? {} : parseJob(io.files.read(claims, limits.configFile), claims);
    const folder = flags.text('state');
    const state = folder === undefined ? undefined : io.files.absolute(folder);
    const local = await startLocal({ port, state, clock: io.now });
    const { files, remove } = writeFiles(local, state);
    try {
      const report = { local, files, environment: local.job(job) };
      io.stdout(flags.on('json') === true ? localJson(report) : localText(report));
      await interrupted();
    } finally {
      await local.stop();
      remove();
    }
    return 0;
  },
});

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port < 65_536) return port;
  return refuse('FLAG_VALUE_INVALID', '--port is not a port', {
    expected: 'a number from 0 (any that is free) to 65535',
    found: JSON.stringify(text.slice(0, 100)),
  });
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
