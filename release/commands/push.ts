import path from 'node:path';
import { defineCommand } from '#core/cli/command';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { loginCredentials } from '#core/io/docker-config';
import type { Io } from '#core/io/io';
import { limits } from '#core/limits';
import { parseNamespace } from '#core/oci/reference';
import { Transport } from '#core/oci/transport';
import { DEFAULT_WORK, workFlag } from '../lock/work-folder.ts';
import { parseAttestations, type ImageBundle } from '../push/attestations.ts';
import { layoutImages } from '../push/layout-images.ts';
import { pushImages, type PushedImage } from '../push/push-images.ts';
import { openBlobs } from '../store/store.ts';

/** Milliseconds for all of it. */
const TIMEOUT = 60 * 60_000;

export const command = defineCommand({
  name: 'push',
  usage: '[flags]',
  about: [
    'Puts the images that the build left in the work folder into their registries, with their attestations: all content first, then what is attached to it, the tags last. What is there already is not sent, so a push that was cut off is completed by pushing again.',
    'A tag that is there already for another image is refused before anything is sent: a released tag is never moved.',
    'Credentials are those of docker login. The images are checked against their digests while they are read.',
  ],
  operands: { name: 'nothing', min: 0, max: 0 },
  flags: {
    work: workFlag,
    namespace: {
      kind: 'text',
      value: 'REGISTRY/PATH',
      about: 'push there, each image by the last part of its name, as localhost:5000/kubeedge',
    },
    attestations: {
      kind: 'text',
      value: 'FILE',
      about: 'Sigstore bundles, one a line (default DIR/assets/multiple.intoto.jsonl)',
    },
    'without-attestations': {
      kind: 'switch',
      about: 'push the images alone: whoever verifies them refuses them',
    },
    'allow-http-registry': {
      kind: 'switch',
      about: 'push to registries without TLS too, not only on this machine',
    },
    'registry-cacert': {
      kind: 'text',
      value: 'FILE',
      about: 'PEM certificates of the authorities that vouch for registries',
    },
    json: { kind: 'switch', about: 'what was pushed as JSON' },
  },
  examples: [
    { about: 'Push the images of the build', command: 'edgeseal-release push' },
    {
      about: 'Try it with a registry on this machine',
      command: 'edgeseal-release push --namespace localhost:5000/kubeedge',
    },
  ],
  run: async (flags, _operands, io) => {
    const isBare = flags.on('without-attestations') === true;
    if (isBare && flags.given('attestations')) {
      refuse('FLAG_CONFLICT', '--attestations and --without-attestations exclude each other', {
        expected: 'one of them',
      });
    }
    const named = flags.text('namespace');
    const namespace = named === undefined ? undefined : parseNamespace(named);
    const work = flags.text('work') ?? DEFAULT_WORK;
    const layout = path.join(work, 'images');
    const blobs = openBlobs(io.files.absolute(layout));
    const index = io.files.read(path.join(layout, 'index.json'), limits.manifest);
    const images = await layoutImages(index, blobs, layout);
    const file = flags.text('attestations') ?? path.join(work, 'assets', 'multiple.intoto.jsonl');
    const attestations: readonly ImageBundle[] = isBare
      ? []
      : parseAttestations(io.files.read(file, limits.evidenceFile), file);
    const authorities = flags.text('registry-cacert');
    const pushed = await pushImages({
      images,
      blobs,
      attestations,
      transport: await openTransport(io, {
        allowHttp: flags.on('allow-http-registry') === true,
        ca:
          authorities === undefined
            ? undefined
            : decodeUtf8(io.files.read(authorities, limits.configFile), authorities),
      }),
      namespace,
      progress: (text) => io.stderr(`${text}\n`),
    });
    io.stdout(
      flags.on('json') === true ? `${JSON.stringify({ images: pushed }, undefined, 2)}\n` : pushText(pushed),
    );
    return 0;
  },
});

async function openTransport(
  io: Io,
  { allowHttp, ca }: { readonly allowHttp: boolean; readonly ca: string | undefined },
): Promise<Transport> {
  const network =
    (await io.network?.()) ?? refuse('NETWORK_UNAVAILABLE', 'there is no network to push images by');
  return new Transport({
    fetch: network.http({ ca }),
    clock: network.clock,
    credentials: loginCredentials(io, network.runHelper),
    allowHttp,
    timeout: TIMEOUT,
    actions: 'pull,push',
  });
}

function pushText(pushed: readonly PushedImage[]): string {
  const lines = pushed.map(({ reference, digest, blobs, attestations, wasThere }) => {
    const { sent, mounted, there } = blobs;
    const came = `${sent} blobs sent, ${mounted} mounted, ${there} there`;
    return `${reference}\n  ${digest}\n  ${came}; ${attestations} attestations${wasThere ? '; the tag was there' : ''}\n`;
  });
  return lines.join('') || 'no images\n';
}
