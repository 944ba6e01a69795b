import { defineCommand } from '#core/cli/command';
import { EdgesealError, refuse } from '#core/errors/error';
import { escapeControls } from '#core/verdict/escape';
import manifest from '../../package.json' with { type: 'json' };
import { attest } from '../attest/attest.ts';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { readInstance } from '../signing/instance.ts';
import { Secrets } from '../signing/secrets.ts';

export const command = defineCommand({
  name: 'attest',
  usage: '[flags]',
  about: [
    'Attests what was built: computes every digest anew from the bytes, writes a bill of materials (CycloneDX) for each asset and each image and checks it against what is in it, writes SLSA provenance for each component and platform, signs it without a key of its own (Fulcio, Rekor, timestamps), writes checksums, and verifies all of it as everybody will, by the policy of the release. Only then it is put into DIR/assets. edgeseal-release push attaches the attestations of images to them.',
    'It is signed by the public Sigstore, as its TUF repository describes it now, unless --signing-config and --trusted-root name the files of another instance.',
    'Who signs is said by an identity token: of --identity-token, of SIGSTORE_ID_TOKEN, else of GitHub, which is asked where the workflow has permission (id-token: write). It must be of the repository, tag and commit that are released. Tokens are never shown and never written down.',
    'A service that does not answer is asked again for some minutes, and longer where it says so. After that, or after the process was killed, the same command goes on: what is signed is in DIR/queue, and nothing is signed twice.',
    'docs/buildtype.md says what the provenance means.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    work: workFlag,
    'signing-config': {
      kind: 'text',
      value: 'FILE',
      about: 'the services that sign, where not the public ones: a Sigstore signing config v0.2',
    },
    'trusted-root': {
      kind: 'text',
      value: 'FILE',
      about: 'the trusted root of the same instance, which the result must verify by',
    },
    'identity-token': { kind: 'text', value: 'FILE', about: 'a file with the identity token' },
    'provenance-v0.2': { kind: 'switch', about: 'SLSA provenance v0.2 too, for tools that read no other' },
    json: { kind: 'switch', about: 'the result as JSON' },
  },
  examples: [
    {
      about: 'In a workflow of GitHub, with the public services',
      command: 'edgeseal-release attest',
    },
    {
      about: 'With the services of edgeseal-release local up',
      command:
        'edgeseal-release attest --signing-config signing_config.json --trusted-root trusted_root.json',
    },
  ],
  run: async (flags, _operands, io) => {
    const network = await io.network?.();
    if (network === undefined) {
      return refuse('NETWORK_UNAVAILABLE', 'attest needs a network', {
        expected: 'Fulcio, Rekor, a timestamp authority',
      });
    }
    const secrets = new Secrets();
    const say = (text: string): void => {
      for (const line of secrets.redact(text).trimEnd().split('\n')) io.stderr(`${escapeControls(line)}\n`);
    };
    const files = { config: flags.text('signing-config'), root: flags.text('trusted-root') };
    try {
      const { assets, images, attestations } = await attest(
        {
          env: io.env,
          files: io.files,
          now: io.now,
          fetch: network.http({}),
          clock: network.clock,
          random: Math.random,
          secrets,
          progress: say,
        },
        {
          workFolder: io.files.absolute(flags.text('work') ?? DEFAULT_WORK),
          ...(await readInstance(io, files, say)),
          tokenFile: flags.text('identity-token'),
          alsoV02: flags.on('provenance-v0.2') === true,
          version: manifest.version,
        },
      );
      const result = { assets, images, attestations };
      io.stdout(
        flags.on('json') === true
          ? `${JSON.stringify(result)}\n`
          : `attested: ${assets} assets, ${images} images, ${attestations} attestations\n`,
      );
      return 0;
    } catch (error) {
      throw withoutSecrets(error, secrets);
    }
  },
});

/** What others said may hold a secret, whatever was done before. */
function withoutSecrets(error: unknown, secrets: Secrets): unknown {
  if (!(error instanceof EdgesealError)) {
    return new EdgesealError('INTERNAL_ERROR', 'attest met a fault of its own', {
      found: secrets.redact(error instanceof Error ? `${error.name}: ${error.message}` : typeof error),
      hint: 'please report this; see SECURITY.md',
    });
  }
  const { code, message, at, ...detail } = error.reason;
  const shown = Object.fromEntries(
    Object.entries(detail).map(([key, text]) => [
      key,
      typeof text === 'string' ? secrets.redact(text) : text,
    ]),
  );
  return new EdgesealError(code, secrets.redact(message), { ...shown, at });
}
