import { nodeHttp } from '#core/io/http';
import type { Network } from '#core/io/io';
import { logNetwork } from '../rekor/network.ts';
import { attachBundles, bytesOf } from '../registry/content.ts';
import { digestOf, OCI_MANIFEST, TestRegistry } from '../registry/server.ts';
import { GithubServer } from '../release/github-server.ts';
import { attest } from '../release/made-up.ts';
import { makeEvidence } from '../sigstore/make-evidence.ts';
import { fixtureLogs } from './fixtures.ts';

const SLSA = 'https://slsa.dev/provenance/v1';
const TAG = 'v1.2.3';

/** The network of the scripts: two logs, two registries and GitHub. No other host exists. */
export class ScriptNetwork {
  readonly #registry: TestRegistry;
  readonly #closed: TestRegistry;
  readonly #github: GithubServer;

  private constructor(registry: TestRegistry, closed: TestRegistry, github: GithubServer) {
    this.#registry = registry;
    this.#closed = closed;
    this.#github = github;
  }

  static async start(): Promise<ScriptNetwork> {
    const registry = await TestRegistry.start();
    const closed = await TestRegistry.start({ catalog: false });
    for (const one of [registry, closed]) {
      push(one, 'example-org/cloudcore');
      push(one, 'example-org/admission');
    }
    push(registry, 'late/cloudcore');
    push(registry, 'late/admission', 'v1.2.2');
    registry.putManifest('late/bare', manifestOf('late/bare'), OCI_MANIFEST, TAG);
    const github = await GithubServer.start(new Map());
    keepAttestations(github);
    return new ScriptNetwork(registry, closed, github);
  }

  /** @param request by the name of a host that stands for one of the servers here */
  readonly network = (): Network => {
    const logs = logNetwork(fixtureLogs());
    const servers = new Map([
      ['images.example', `http://${this.#registry.host}`],
      ['closed.example', `http://${this.#closed.host}`],
      ['api.github.com', this.#github.url],
      ['blobs.example', this.#github.url],
    ]);
    const direct = nodeHttp({ env: {} });
    return {
      ...logs,
      http: (tls) => {
        const others = logs.http(tls);
        return async (request) => {
          const { host, pathname, search } = request.url;
          const server = servers.get(host);
          if (server === undefined) return others(request);
          return direct({ ...request, url: new URL(pathname + search, server) });
        };
      },
    };
  };

  async stop(): Promise<void> {
    await Promise.all([this.#registry.stop(), this.#closed.stop(), this.#github.stop()]);
  }
}

function manifestOf(repository: string): Buffer {
  return bytesOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 },
    layers: [],
    annotations: { repository },
  });
}

/** An image with its attestation. */
function push(registry: TestRegistry, repository: string, tag = TAG): void {
  const manifest = manifestOf(repository);
  registry.putManifest(repository, manifest, OCI_MANIFEST, tag);
  const bytes = attest([[`images.example/${repository}`, manifest]], { seed: repository });
  attachBundles(registry, repository, manifest, [{ bytes, predicateType: SLSA }]);
}

/** What GitHub has: a bundle, kept elsewhere, of one artifact; of another the address of one that is gone. */
function keepAttestations(github: GithubServer): void {
  const elsewhere = ({ bundle_url }: { readonly bundle_url: string }): { bundle_url: string } => ({
    bundle_url: bundle_url.replace(github.url, 'https://blobs.example'),
  });
  const { artifact, bytes } = makeEvidence();
  github.attestations.set(artifact.digests.sha256, [elsewhere(github.keep(bytes))]);
  const { artifact: tampered } = makeEvidence({
    artifact: { name: 'tampered.tar.gz', content: Buffer.from('another artifact\n') },
  });
  const gone = { bundle_url: `${github.url}/blobs/99.json.sn?sig=a-secret` };
  github.attestations.set(tampered.digests.sha256, [elsewhere(gone)]);
}
