import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import { parseStatement } from '#core/in-toto-attestation/index';
import type { Statement } from '#core/in-toto-attestation/types';
import type { Signer } from '#core/sigstore/signer';
import { parseCertificate } from '#core/x509/certificate';
import { subjectAlternativeName } from '#core/x509/extensions';
import { fulcioExtensions } from '#core/x509/fulcio';
import { builtInBuilders, rulesForBuilder } from './builders.ts';
import { extractFacts } from './extract-facts.ts';
import type { ProvenanceFacts } from './facts.ts';
import { matchBuilder } from './match-builder.ts';

const root = join(import.meta.dirname, '../../../shared/vectors/slsa-verifier');
const present = existsSync(root);
const missing = present ? '' : ' (skipped: no ../shared)';

interface Vector {
  readonly name: string;
  readonly statement: Statement;
  readonly signer: Signer;
}

function signerOf(text: string): Signer {
  const der = text.includes('BEGIN') ? new X509Certificate(text).raw : Buffer.from(text, 'base64');
  const certificate = parseCertificate(der);
  const extensions = fulcioExtensions(certificate);
  return {
    kind: 'certificate',
    keyDigest: '',
    keyName: undefined,
    identity: subjectAlternativeName(certificate).value,
    identityType: 'uri',
    issuer: extensions.issuer,
    extensions,
    certificateDigest: '',
    times: [],
    logEntries: [],
  };
}

interface Envelope {
  readonly payload: string;
  readonly signatures: readonly { readonly cert?: string }[];
}
interface Bundle {
  readonly dsseEnvelope: Envelope;
  readonly verificationMaterial: {
    readonly certificate?: { readonly rawBytes: string };
    readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] };
  };
}
interface Document extends Partial<Envelope>, Partial<Bundle> {
  readonly attestations?: readonly { readonly bundle: Bundle }[];
  readonly layers?: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** Every envelope in a file with the certificate that goes with it. */
function* envelopes(document: Document, file: string): Generator<[Envelope, string]> {
  for (const { bundle } of document.attestations ?? []) yield* envelopes(bundle, file);
  for (const { digest, annotations } of document.layers ?? []) {
    const certificate = annotations?.['dev.sigstore.cosign/certificate'];
    const blob = join(dirname(file), digest.slice('sha256:'.length));
    if (certificate !== undefined) yield [JSON.parse(readFileSync(blob, 'utf8')), certificate];
  }
  if (document.dsseEnvelope !== undefined) {
    const material = document.verificationMaterial;
    const raw = material?.certificate ?? material?.x509CertificateChain?.certificates[0];
    if (raw !== undefined) yield [document.dsseEnvelope, raw.rawBytes];
  }
  const cert = document.signatures?.[0]?.cert;
  if (document.payload !== undefined && cert !== undefined) {
    yield [{ payload: document.payload, signatures: [] }, cert];
  }
}

function documentsIn(file: string): Document[] {
  const text = readFileSync(file, 'utf8');
  for (const candidate of [[text], text.trim().split('\n')]) {
    try {
      return candidate.map((each): Document => JSON.parse(each));
    } catch {
      // not this form
    }
  }
  return [];
}

function vectors(): Vector[] {
  if (!present) return [];
  const found: Vector[] = [];
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = join(root, entry);
    if (!statSync(file).isFile() || /^(cases|artifacts)\.json$|invalidsig|invalid-sig/.test(entry)) continue;
    for (const document of documentsIn(file)) {
      for (const [envelope, certificate] of envelopes(document, file)) {
        const statement = parseStatement(Buffer.from(envelope.payload, 'base64'), entry);
        found.push({ name: entry, statement, signer: signerOf(certificate) });
      }
    }
  }
  return found;
}

const all = vectors();

function factsOf({ statement, signer }: Pick<Vector, 'statement' | 'signer'>): ProvenanceFacts {
  const facts = extractFacts(statement, signer);
  if (facts.kind !== 'provenance') throw new Error(facts.kind);
  return facts;
}

describe.skipIf(!present)(`genuine provenance${missing}`, () => {
  test('is all there', () => expect(all.length).toBeGreaterThan(130));

  test.each(all.map((vector) => [vector.name, vector] as const))(
    '%s agrees with its certificate',
    (_name, vector) => {
      const facts = factsOf(vector);
      const { extensions } = vector.signer;
      expect(facts.sourceRepository).toMatchObject({
        value: extensions.sourceRepositoryUri,
        by: 'certificate',
      });
      expect(facts.sourceRef).toMatchObject({ value: extensions.sourceRepositoryRef, by: 'certificate' });
      expect(facts.sourceDigest).toMatchObject({
        value: extensions.sourceRepositoryDigest,
        by: 'certificate',
      });
      expect(facts.trigger).toMatchObject({ value: extensions.buildTrigger, by: 'certificate' });
      const ref = facts.sourceRef?.value ?? '';
      expect(facts.sourceTag?.value).toBe(ref.startsWith('refs/tags/') ? ref.slice(10) : undefined);
      const branch = ref.startsWith('refs/heads/') ? ref.slice(11) : facts.sourceBranch?.value;
      expect(facts.sourceBranch?.value).toBe(branch);
      expect(facts.workflowPath?.value).toMatch(/^\.github\/workflows\//);
      expect(facts.startedOn).toBeUndefined();
    },
  );

  test.each(all.map((vector) => [vector.name, vector] as const))(
    '%s spliced to another certificate',
    (_name, vector) => {
      const other = all.find(
        ({ signer }) =>
          signer.extensions.sourceRepositoryDigest !== vector.signer.extensions.sourceRepositoryDigest,
      );
      expect(() => factsOf({ statement: vector.statement, signer: other?.signer ?? vector.signer })).toThrow(
        expect.objectContaining({ code: 'PROVENANCE_CONTRADICTS_CERTIFICATE' }),
      );
    },
  );

  test('the built-in builders trust what slsa-verifier trusts', () => {
    const files = [...builtInBuilders.artifact, ...builtInBuilders.image];
    const refused = new Map<string, string>();
    for (const vector of all) {
      try {
        const rules = vector.name.startsWith('npm/') ? builtInBuilders['npm-package'] : files;
        matchBuilder(rules, factsOf(vector), vector.signer);
      } catch (error) {
        refused.set(vector.name, reasonOf(error).code);
      }
    }
    expect(Object.fromEntries(refused)).toEqual({
      'binary-linux-amd64-e2e-builder-repo.intoto.jsonl': 'BUILDER_REF_INVALID',
      'binary-linux-amd64-expired-cert.intoto.jsonl': 'BUILDER_UNTRUSTED',
      'binary-linux-amd64-multi-subject-first.intoto.jsonl': 'BUILDER_REF_INVALID',
      'binary-linux-amd64-multi-subject-second.intoto.jsonl': 'BUILDER_REF_INVALID',
      'binary-linux-amd64-no-tlog-upload.intoto.jsonl': 'BUILDER_UNTRUSTED',
      'binary-linux-amd64-untrusted-builder.intoto.jsonl': 'BUILDER_UNTRUSTED',
    });
  });
});

interface Case {
  readonly id: string;
  readonly command: string;
  readonly provenance: string | null;
  readonly flags: { readonly 'builder-id'?: string };
  readonly expect: string;
  readonly testingMode?: boolean;
}

describe.skipIf(!present)(`builder decisions of slsa-verifier${missing}`, () => {
  const text = present ? readFileSync(join(root, 'cases.json'), 'utf8') : '[]';
  const builderCodes = new Set([
    'pass',
    'UntrustedReusableWorkflow',
    'InvalidBuilderID',
    'MismatchBuilderID',
    'NotSupported',
  ]);
  const rows: readonly Case[] = JSON.parse(text);
  const cases = rows.filter(
    (row) => row.provenance !== null && row.testingMode !== true && builderCodes.has(row.expect),
  );

  test('hold for every row', () => {
    const wrong: string[] = [];
    for (const row of cases) {
      const vector = all.find(
        ({ name, statement }) =>
          name === row.provenance && statement.predicateType.startsWith('https://slsa.dev/'),
      );
      const id = row.flags['builder-id'];
      if (vector === undefined || (row.command === 'verify-npm-package' && id === undefined)) continue;
      let outcome = 'pass';
      try {
        const purpose = row.command === 'verify-npm-package' ? 'npm-package' : 'artifact';
        const rules = id === undefined ? builtInBuilders[purpose] : rulesForBuilder(id, purpose);
        matchBuilder(rules, factsOf(vector), vector.signer);
      } catch (error) {
        outcome = reasonOf(error).code;
      }
      if ((outcome === 'pass') !== (row.expect === 'pass'))
        wrong.push(`${row.id}: ${outcome}, not ${row.expect}`);
    }
    expect(cases.length).toBeGreaterThan(700);
    expect(wrong).toEqual([]);
  });
});
