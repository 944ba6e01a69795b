import { assembleBundle, keyHint, type BundleJson, type BundleVersion } from './bundle.ts';
import { generatorClaims, githubClaims, identityOf, type Claims } from './claims.ts';
import { pem } from '../../release/local/der.ts';
import { envelopeOf, inTotoPayloadType, pae, type EnvelopeJson, type EnvelopeSignatureJson } from './dsse.ts';
import { issueLeaf, type LeafEdit, type San } from './fulcio.ts';
import { base64 } from './json.ts';
import { digest, makeKey, type Hash, type KeyType, type TestKey } from './keys.ts';
import { entryBody, type EntryKind, type Logged } from './log-body.ts';
import { logEntry, type EntryOptions, type LogEntryJson } from './rekor.ts';
import {
  generatorProvenance,
  githubProvenance,
  type StatementJson,
  type StatementMaker,
  type StatementSubject,
} from './statement.ts';
import { timestamp, type TimestampAuthority, type TimestampOptions } from './timestamp-authority.ts';
import {
  makeWorld,
  trustedRootOf,
  type TrustedRootJson,
  type TrustedRootOptions,
  type World,
} from './world.ts';

/** When fixtures are signed, unless told otherwise. */
export const signingTime = new Date('2026-01-15T10:00:00Z');

export interface EvidenceOptions {
  /** The Sigstore instance that signs; default: `makeWorld()`. */
  readonly world?: World | undefined;
  /** The instance's windows in the trusted root. */
  readonly trust?: TrustedRootOptions | undefined;
  /** Makes another leaf key and serial. */
  readonly seed?: string | undefined;
  readonly time?: Date | undefined;
  readonly artifact?: { readonly name: string; readonly content: Uint8Array } | undefined;

  /** A DSSE envelope (default), or a signature over the artifact itself. */
  readonly content?: 'dsse' | 'message' | undefined;
  /** Default: SLSA v1 as GitHub writes it, or v0.2 where the claims name the SLSA generator. */
  readonly statement?: StatementMaker | undefined;
  /** Default: the artifact with its SHA-256. */
  readonly subjects?: readonly StatementSubject[] | undefined;
  /** Signs these bytes instead of a statement. */
  readonly payload?: Uint8Array | undefined;
  readonly payloadType?: string | undefined;

  /** Default: `bundle-0.3`. An `envelope` carries no log entry and no timestamp. */
  readonly format?: `bundle-${BundleVersion}` | 'envelope' | undefined;
  /** Certificates of a `bundle-0.1` or `bundle-0.2`; default: with the intermediate. */
  readonly chain?: 'leaf' | 'intermediate' | 'root' | undefined;

  /** Default: `certificate`. */
  readonly signer?: 'certificate' | 'key' | undefined;
  readonly keyType?: KeyType | undefined;
  /** Hash that the signer's key signs with; default: the key's own. */
  readonly hash?: Hash | undefined;
  /** Signatures in the envelope; the others are by other keys, with certificates of the same identity. */
  readonly signatures?: number | undefined;
  /** The certificate's token; default: `githubClaims`. */
  readonly claims?: Partial<Claims> | undefined;
  /** An identity that is not GitHub's. */
  readonly identity?: { readonly iss: string; readonly san: San } | undefined;
  readonly leaf?: LeafEdit | undefined;
  /** Default: five seconds before the time, for ten minutes. */
  readonly leafWindow?: { readonly notBefore: Date; readonly notAfter: Date } | undefined;

  /** Default: `rekor-v1`. */
  readonly log?: 'rekor-v1' | 'rekor-v2' | 'none' | undefined;
  readonly entry?: EntryKind | undefined;
  /** Defaults: a promise and a proof by v1 (`bundle-0.1`: a promise only), a proof by v2. */
  readonly logOptions?: Partial<Omit<EntryOptions, 'kind' | 'body'>> | undefined;
  /** What the log is told, where it is not the truth. */
  readonly logged?: ((logged: Logged) => Logged) | undefined;
  /** Default: one with `rekor-v2`, else none. */
  readonly timestamps?: readonly (Partial<TimestampOptions> & TimestampSource)[] | undefined;

  /** Changes the bundle or the envelope after all is signed. */
  readonly edit?: ((bundle: BundleJson) => void) | undefined;
  readonly editEnvelope?: ((envelope: EnvelopeJson) => void) | undefined;
}

export interface TimestampSource {
  readonly authority?: TimestampAuthority | undefined;
  /** Stamps these bytes instead of the signature. */
  readonly over?: Uint8Array | undefined;
}

export interface EvidenceFixture {
  /** The bundle or the raw envelope. */
  readonly json: BundleJson | EnvelopeJson;
  /** `json` as one line. */
  readonly bytes: Buffer;
  readonly artifact: {
    readonly name: string;
    readonly content: Buffer;
    /** Algorithm to lower-case hex. */
    readonly digests: Readonly<Record<'sha256' | 'sha384' | 'sha512', string>>;
  };
  readonly trustedRoot: TrustedRootJson;
  readonly trustedRootBytes: Buffer;
  /** The subject alternative name; of a plain key undefined. */
  readonly identity: string | undefined;
  readonly issuer: string | undefined;
  readonly claims: Claims;
  /** What was signed; of a message signature undefined. */
  readonly statement: StatementJson | undefined;
  readonly payload: Buffer | undefined;
  /** DER; of a plain key undefined. */
  readonly certificate: Buffer | undefined;
  readonly key: TestKey;
  /** PEM SubjectPublicKeyInfo of the signer. */
  readonly publicKeyPem: string;
  readonly keyHint: string;
  readonly world: World;
  readonly time: Date;
}

/** Genuine evidence, signed by real keys; options make it of another form or wrong in one place. */
export function makeEvidence(options: EvidenceOptions = {}): EvidenceFixture {
  const world = options.world ?? makeWorld();
  const time = options.time ?? signingTime;
  const artifact = artifactOf(options);
  const claims: Claims = { ...githubClaims, ...options.claims };
  const signers = signersOf(options, world, claims, time);
  const [first] = signers;
  if (first === undefined) throw new Error('evidence needs a signature');

  const signed =
    options.content === 'message'
      ? signMessage(options, artifact, first)
      : signStatement(options, artifact, claims, signers);
  const trustedRoot = trustedRootOf(world, options.trust);
  const identity = options.identity?.san.value ?? identityOf(claims);
  const common = {
    artifact,
    trustedRoot,
    trustedRootBytes: Buffer.from(JSON.stringify(trustedRoot)),
    identity: first.certificate === undefined ? undefined : identity,
    issuer: first.certificate === undefined ? undefined : (options.identity?.iss ?? claims.iss),
    claims,
    statement: signed.statement,
    payload: signed.payload,
    certificate: first.certificate,
    key: first.key,
    publicKeyPem: pem('PUBLIC KEY', first.key.spki),
    keyHint: keyHint(first.key),
    world,
    time,
  };
  const json =
    options.format === 'envelope'
      ? rawEnvelope(options, signed, signers)
      : bundleOf(options, world, time, signed, signers);
  return { ...common, json, bytes: Buffer.from(JSON.stringify(json)) };
}

/** Evidence by the generic SLSA generator: SLSA v0.2, signed by the generator's identity. */
export function makeGeneratorEvidence(options: EvidenceOptions = {}): EvidenceFixture {
  return makeEvidence({ ...options, claims: { ...generatorClaims, ...options.claims } });
}

/** The items one a line, as `multiple.intoto.jsonl` holds them. */
export function jsonLines(...items: readonly EvidenceFixture[]): Buffer {
  return Buffer.from(items.map((item) => `${item.bytes.toString()}\n`).join(''));
}

interface FixtureSigner {
  readonly key: TestKey;
  readonly certificate: Buffer | undefined;
  readonly hash: Hash;
}

interface Signed {
  readonly signatures: readonly Buffer[];
  readonly statement: StatementJson | undefined;
  readonly payload: Buffer | undefined;
  readonly logged: Logged['content'];
}

function artifactOf(options: EvidenceOptions): EvidenceFixture['artifact'] {
  const name = options.artifact?.name ?? 'example-1.2.3.tar.gz';
  const content = Buffer.from(
    options.artifact?.content ?? Buffer.from('an artifact of example-org/example\n'),
  );
  const hex = (hash: Hash): string => digest(hash, content).toString('hex');
  return { name, content, digests: { sha256: hex('sha256'), sha384: hex('sha384'), sha512: hex('sha512') } };
}

function signersOf(options: EvidenceOptions, world: World, claims: Claims, time: Date): FixtureSigner[] {
  const window = options.leafWindow ?? {
    notBefore: new Date(time.getTime() - 5_000),
    notAfter: new Date(time.getTime() + 595_000),
  };
  return Array.from({ length: options.signatures ?? 1 }, (_, index) => {
    const seed = `${options.seed ?? 'first'}/${index}`;
    const key = makeKey(options.keyType ?? 'p256', `signer/${seed}`);
    const hash = options.hash ?? key.hash;
    if (options.signer === 'key') return { key, certificate: undefined, hash };
    const certificate = issueLeaf(world.fulcio, world.ctLog, {
      key,
      claims: options.identity ?? claims,
      ...window,
      serialSeed: `leaf/${seed}`,
      edit: options.leaf,
    });
    return { key, certificate, hash };
  });
}

function signMessage(
  options: EvidenceOptions,
  artifact: EvidenceFixture['artifact'],
  signer: FixtureSigner,
): Signed {
  const { key, hash } = signer;
  return {
    signatures: [key.sign(artifact.content, hash)],
    statement: undefined,
    payload: options.payload === undefined ? undefined : Buffer.from(options.payload),
    logged: { kind: 'message', hash, digest: digest(hash, artifact.content) },
  };
}

function signStatement(
  options: EvidenceOptions,
  artifact: EvidenceFixture['artifact'],
  claims: Claims,
  signers: readonly FixtureSigner[],
): Signed {
  const subjects = options.subjects ?? [{ name: artifact.name, digest: { sha256: artifact.digests.sha256 } }];
  const bySlsaGenerator = claims.job_workflow_ref.startsWith('slsa-framework/slsa-github-generator/');
  const maker = options.statement ?? (bySlsaGenerator ? generatorProvenance : githubProvenance);
  const statement = options.payload === undefined ? maker(subjects, claims) : undefined;
  const payload = Buffer.from(options.payload ?? JSON.stringify(statement));
  const payloadType = options.payloadType ?? inTotoPayloadType;
  const signatures = signers.map(({ key, hash }) => key.sign(pae(payloadType, payload), hash));
  const envelope = envelopeOf(
    payloadType,
    payload,
    signatures.map((signature): EnvelopeSignatureJson => ({ sig: base64(signature), keyid: '' })),
  );
  return { signatures, statement, payload, logged: { kind: 'dsse', envelope, payload } };
}

/** As the SLSA generators before v2.1.0 wrote it: a certificate beside each signature, no log entry. */
function rawEnvelope(
  options: EvidenceOptions,
  signed: Signed,
  signers: readonly FixtureSigner[],
): EnvelopeJson {
  if (signed.logged.kind !== 'dsse') throw new Error('a message signature has no envelope');
  const { payload, payloadType } = signed.logged.envelope;
  const signatures = signers.map(({ key, certificate }, index): EnvelopeSignatureJson => {
    const sig = base64(signed.signatures[index] ?? '');
    return certificate === undefined
      ? { keyid: keyHint(key), sig }
      : { keyid: '', sig, cert: pem('CERTIFICATE', certificate) };
  });
  const envelope = { payloadType, payload, signatures };
  options.editEnvelope?.(envelope);
  return envelope;
}

function bundleOf(
  options: EvidenceOptions,
  world: World,
  time: Date,
  signed: Signed,
  signers: readonly FixtureSigner[],
): BundleJson {
  const version = versions[options.format ?? 'bundle-0.3'] ?? '0.3';
  const [{ key, certificate } = { key: makeKey('p256', 'none'), certificate: undefined }] = signers;
  const [signature = Buffer.alloc(0)] = signed.signatures;
  const above = { leaf: 0, intermediate: -1, root: world.fulcio.chain.length }[
    options.chain ?? 'intermediate'
  ];
  const bundle = assembleBundle({
    version,
    key,
    chain: certificate === undefined ? undefined : [certificate, ...world.fulcio.chain.slice(0, above)],
    logEntries: logEntriesOf(options, world, time, signed, signers, version),
    timestamps: timestampsOf(options, world, time, signature),
    content:
      signed.logged.kind === 'dsse'
        ? { kind: 'dsse', envelope: signed.logged.envelope }
        : { ...signed.logged, signature },
  });
  if (bundle.dsseEnvelope !== undefined) options.editEnvelope?.(bundle.dsseEnvelope);
  options.edit?.(bundle);
  return bundle;
}

const versions: Readonly<Record<string, BundleVersion>> = {
  'bundle-0.1': '0.1',
  'bundle-0.2': '0.2',
  'bundle-0.3': '0.3',
};

function logEntriesOf(
  options: EvidenceOptions,
  world: World,
  time: Date,
  signed: Signed,
  signers: readonly FixtureSigner[],
  version: BundleVersion,
): LogEntryJson[] {
  if (options.log === 'none') return [];
  const log = options.log === 'rekor-v2' ? world.rekorV2 : world.rekorV1;
  const truth: Logged = { content: signed.logged, signatures: signed.signatures, verifiers: signers };
  const logged = options.logged?.(truth) ?? truth;
  const usual: EntryKind =
    log.version === 2
      ? 'hashedrekord/0.0.2'
      : signed.logged.kind === 'dsse'
        ? 'dsse/0.0.1'
        : 'hashedrekord/0.0.1';
  const kind = options.entry ?? usual;
  const proof = log.version === 2 || version !== '0.1';
  return [logEntry(log, { time, proof, ...options.logOptions, kind, body: entryBody(kind, logged) })];
}

function timestampsOf(options: EvidenceOptions, world: World, time: Date, signature: Buffer): Buffer[] {
  const wanted = options.timestamps ?? (options.log === 'rekor-v2' ? [{}] : []);
  return wanted.map(({ authority, over, ...rest }) =>
    timestamp(authority ?? world.tsa, over ?? signature, { time, ...rest }),
  );
}
