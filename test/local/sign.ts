import { createHash } from 'node:crypto';
import {
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
  type Bundle,
  type Witness,
} from '@sigstore/sign';
import { bundleToJSON } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { preAuthEncoding } from '#core/dsse/pae';
import type { Job } from '../../release/local/job.ts';
import type { Local } from '../../release/local/start-local.ts';

/** How something is signed with the local services. */
export interface Signing {
  readonly job?: Job;
  readonly log?: 'rekor-v1' | 'rekor-v2' | 'none';
  /** What Rekor v1 logs an envelope as. */
  readonly entry?: 'dsse' | 'intoto';
  readonly timestamp?: boolean;
  /** Who issues the certificate; default: the local Fulcio. */
  readonly fulcio?: string;
}

export const job: Job = {
  repository: 'kubeedge/edgeseal',
  ref: 'refs/tags/v1.2.3',
  job_workflow_ref: 'kubeedge/edgeseal/.github/workflows/edgeseal-hermetic.yml@refs/tags/v1.2.3',
};

/** Nobody's. */
export const predicateType = 'https://example.org/predicate/v1';

const inToto = 'application/vnd.in-toto+json';

/** An in-toto Statement about content. */
export const statementAbout = (name: string, content: Uint8Array): Buffer =>
  Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name, digest: { sha256: createHash('sha256').update(content).digest('hex') } }],
      predicateType,
      predicate: {},
    }),
  );

/** Signs a payload as a DSSE envelope with @sigstore/sign. */
export async function signEnvelope(local: Local, payload: Buffer, signing: Signing = {}): Promise<Buffer> {
  const builder = new DSSEBundleBuilder({
    signer: signerOf(local, signing),
    witnesses: witnessesOf(local, signing),
  });
  return bytesOf(await builder.create({ data: payload, type: inToto }));
}

/** Signs content itself. */
export async function signMessage(local: Local, content: Buffer, signing: Signing = {}): Promise<Buffer> {
  const options = { signer: signerOf(local, signing), witnesses: witnessesOf(local, signing) };
  return bytesOf(await new MessageSignatureBundleBuilder(options).create({ data: content }));
}

const bytesOf = (bundle: Bundle): Buffer => Buffer.from(JSON.stringify(bundleToJSON(bundle)));

function signerOf(local: Local, signing: Signing): FulcioSigner {
  const token = local.token(signing.job ?? job);
  return new FulcioSigner({
    fulcioBaseURL: signing.fulcio ?? local.url,
    identityProvider: { getToken: async () => token },
  });
}

function witnessesOf(local: Local, { log = 'rekor-v1', entry = 'dsse', timestamp }: Signing): Witness[] {
  const witnesses: Witness[] = [];
  if (log === 'rekor-v1') witnesses.push(new RekorWitness({ rekorBaseURL: local.url, entryType: entry }));
  if (log === 'rekor-v2') witnesses.push(rekorV2Witness(local));
  if (timestamp ?? log === 'rekor-v2') witnesses.push(new TSAWitness({ tsaBaseURL: local.timestamps }));
  return witnesses;
}

/** Rekor v2 takes an envelope only by the digest of what was signed; @sigstore/sign 5.1.0 posts the envelope. */
function rekorV2Witness(local: Local): Witness {
  const witness = new RekorWitness({ rekorBaseURL: local.rekorV2, majorApiVersion: 2, timeout: 20_000 });
  return {
    testify: (content, publicKey) => {
      if (content.$case === 'messageSignature') return witness.testify(content, publicKey);
      const { payloadType, payload, signatures } = content.dsseEnvelope;
      const encoded = preAuthEncoding(payloadType, payload);
      const digest = createHash('sha256').update(encoded).digest();
      const signature = signatures[0]?.sig ?? Buffer.alloc(0);
      const messageSignature = { messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest }, signature };
      return witness.testify({ $case: 'messageSignature', messageSignature }, publicKey);
    },
  };
}
