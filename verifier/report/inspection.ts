import { reasonOf } from '#core/errors/error';
import type { Reason } from '#core/errors/reason';
import { parseStatement } from '#core/in-toto-attestation/index';
import type { Statement } from '#core/in-toto-attestation/types';
import { parseJson } from '#core/json/parse';
import type { JsonObject, JsonValue } from '#core/json/value';
import type { EvidenceItem } from '#core/sigstore/evidence';
import type { Signer } from '#core/sigstore/signer';
import { extractFacts } from '#core/slsa/extract-facts';
import { escapeControls } from '#core/verdict/escape';
import type { Examined } from '#core/verify/examine';
import { formatReason } from '#core/cli/print-reason';
import { factRows, type FactRow } from './fact-rows.ts';

/** One attestation: what it says, and what of it is proven. */
export interface Inspection {
  readonly source: string;
  readonly digest: string;
  readonly format: string;
  readonly signers: readonly Signer[];
  /** Why nothing in it is proven. */
  readonly failure: Reason | undefined;
  readonly statement: Statement | undefined;
  readonly rows: readonly FactRow[];
}

/** Stands for nobody: what a document says when nothing vouches for it. */
const NOBODY: Signer = {
  kind: 'key',
  keyDigest: '',
  keyName: undefined,
  identity: undefined,
  identityType: undefined,
  issuer: undefined,
  extensions: {},
  certificateDigest: undefined,
  times: [],
  logEntries: [],
};
/** Subjects and facts that are shown at most. */
const SHOWN = 20;
const SHOWN_FACTS = 60;

export function inspection(item: EvidenceItem, examined: Examined): Inspection {
  const readings = examined.readings.map((reading) =>
    'facts' in reading ? { rows: factRows(reading.facts) } : reading,
  );
  const refused = readings.flatMap((reading) => ('failure' in reading ? [reading.failure] : []));
  const failure = examined.failure ?? refused[0];
  const statement = examined.statement ?? statementOf(item);
  const proven = readings.flatMap((reading) => ('rows' in reading ? [reading.rows] : []))[0];
  return {
    source: examined.source,
    digest: examined.digest,
    format: formatOf(item),
    signers: examined.signers,
    failure,
    statement,
    rows: proven ?? (statement === undefined ? [] : claimedRows(statement)),
  };
}

function formatOf(item: EvidenceItem): string {
  if (item.kind === 'refused') return 'unreadable';
  if (item.evidence.content.kind === 'message')
    return 'Sigstore bundle with a signature over the artifact itself';
  return item.evidence.format === 'bundle' ? 'Sigstore bundle' : 'DSSE envelope';
}

function statementOf(item: EvidenceItem): Statement | undefined {
  if (item.kind === 'refused' || item.evidence.content.kind !== 'dsse') return undefined;
  try {
    return parseStatement(item.evidence.content.envelope.payload, item.evidence.source);
  } catch (error) {
    if (reasonOf(error).code === 'INTERNAL_ERROR') throw error;
    return undefined;
  }
}

function claimedRows(statement: Statement): readonly FactRow[] {
  try {
    return factRows(extractFacts(statement, NOBODY));
  } catch (error) {
    if (reasonOf(error).code === 'INTERNAL_ERROR') throw error;
    return [];
  }
}

/** For people. */
export function inspectionText(one: Inspection): string {
  const lines = [`${one.source}: ${one.format}, sha256:${one.digest}`, ...signerLines(one)];
  if (one.statement !== undefined) {
    lines.push('  About:', ...subjectLines(one.statement));
    lines.push(`  Says (${one.statement.predicateType}):`);
    lines.push(...rowLines(one));
  }
  return `${lines.map(escapeControls).join('\n')}\n${one.failure === undefined ? '' : formatReason(one.failure, '  ')}`;
}

function signerLines({ signers }: Inspection): readonly string[] {
  if (signers.length === 0) return ['  Proven: nothing. Anyone could have written what follows.'];
  return signers.flatMap((signer) => [
    '  Proven:',
    ...(signer.kind === 'key'
      ? [`    signed by     the key ${signer.keyName ?? ''} sha256:${signer.keyDigest}`]
      : [
          `    signed by     ${signer.identity ?? ''}`,
          `    vouched by    ${signer.issuer ?? ''}, certificate sha256:${signer.certificateDigest ?? ''}`,
        ]),
    ...signer.times.map(
      ({ time, source, authority }) => `    signed at     ${time}, says the ${source} ${authority}`,
    ),
    ...signer.logEntries.map(
      ({ log, index, kind, inclusion }) =>
        `    logged in     ${log} at ${index} (${kind}), known by its ${inclusion}`,
    ),
  ]);
}

function subjectLines({ subjects }: Statement): readonly string[] {
  const shown = subjects.slice(0, SHOWN).map(({ name, uri, digest }) => {
    const digests = Object.entries(digest).map(([algorithm, value]) => `${algorithm}:${value}`);
    return `    ${[name ?? uri ?? 'unnamed', ...digests].join(' ')}`;
  });
  return subjects.length > SHOWN ? [...shown, `    and ${subjects.length - SHOWN} more`] : shown;
}

function rowLines({ rows, failure }: Inspection): readonly string[] {
  if (rows.length === 0) return ['    a predicate that edgeseal has no picture of: --output json prints it'];
  const shown = rows.slice(0, SHOWN_FACTS).map(({ what, value, by }) => {
    const proof = failure === undefined ? PROOFS[by] : 'unproven';
    return `    ${what.padEnd(13)} ${value}  [${proof}]`;
  });
  return rows.length > SHOWN_FACTS ? [...shown, `    and ${rows.length - SHOWN_FACTS} more`] : shown;
}

const PROOFS: Readonly<Record<FactRow['by'], string>> = {
  certificate: 'proven by the certificate',
  log: 'proven by the log',
  builder: "the builder's word",
  signer: "the signer's word",
};

/** For machines. */
export function inspectionDocument({
  source,
  digest,
  format,
  signers,
  failure,
  statement,
  rows,
}: Inspection): JsonObject {
  return {
    source,
    digest,
    format,
    proven: failure === undefined,
    signers: signers.map(plain),
    ...(failure === undefined ? {} : { failure: plain(failure) }),
    ...(statement === undefined ? {} : { statement: statement.document }),
    facts: rows.map(plain),
  };
}

/** The same without what is undefined: JSON has no such value. */
function plain(value: object): JsonValue {
  return parseJson(JSON.stringify(value));
}
