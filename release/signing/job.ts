import { fromBase64, toBase64 } from '#core/bytes/base64';
import { canonicalize } from '#core/json/canonical';
import { parseJsonBytes } from '#core/json/parse';
import {
  arrayAt,
  at,
  noOtherKeys,
  objectOf,
  optionalObjectOf,
  optionalStringAt,
  stringAt,
  wrong,
} from '#core/json/shape';
import type { Where } from '#core/json/shape';
import { member, type JsonObject } from '#core/json/value';
import { refuse } from '#core/errors/error';

/** A statement on its way to be signed, as far as it has come. Which services it goes to is settled when it begins. */
export interface SigningJob {
  /** SHA-256 of the statement, lower-case hex. */
  readonly statement: string;
  readonly signature: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly timestamps: readonly JobTimestamp[];
  readonly logs: readonly JobLog[];
}

export interface JobTimestamp {
  readonly authority: string;
  /** TimeStampResp, DER. */
  readonly response?: Uint8Array | undefined;
}

export interface JobLog {
  readonly url: string;
  /** Of Rekor's API. */
  readonly version: number;
  /** Whether the log may have got it: written before it is sent. */
  readonly begun: boolean;
  /** The size of the tree of a Rekor v2 log before that. */
  readonly size?: number | undefined;
  /** TransparencyLogEntry in protobuf JSON. */
  readonly entry?: JsonObject | undefined;
}

const TOP: Where = { code: 'SIGNING_QUEUE_INVALID', path: '' };
const FIELDS: ReadonlySet<string> = new Set([
  'schemaVersion',
  'statement',
  'signature',
  'certificate',
  'timestamps',
  'logs',
]);
const TIMESTAMP_FIELDS: ReadonlySet<string> = new Set(['authority', 'response']);
const LOG_FIELDS: ReadonlySet<string> = new Set(['url', 'version', 'begun', 'size', 'entry']);

export function formatJob({ statement, signature, certificate, timestamps, logs }: SigningJob): Uint8Array {
  const document: JsonObject = {
    schemaVersion: 1,
    statement,
    signature: toBase64(signature),
    certificate: toBase64(certificate),
    timestamps: timestamps.map(({ authority, response }) => ({
      authority,
      ...(response === undefined ? {} : { response: toBase64(response) }),
    })),
    logs: logs.map(({ url, version, begun, size, entry }) => ({
      url,
      version,
      begun,
      ...(size === undefined ? {} : { size }),
      ...(entry === undefined ? {} : { entry }),
    })),
  };
  return Buffer.from(`${canonicalize(document)}\n`);
}

/**
 * @param statement the digest that its name says
 * @throws SIGNING_QUEUE_INVALID, JSON_*, BASE64_INVALID, UTF8_INVALID
 */
export function parseJob(bytes: Uint8Array, statement: string): SigningJob {
  const job = objectOf(parseJsonBytes(bytes, `${statement}.json`), TOP);
  noOtherKeys(job, FIELDS, TOP);
  if (member(job, 'schemaVersion') !== 1) wrong(member(job, 'schemaVersion'), '1', at(TOP, 'schemaVersion'));
  const named = stringAt(job, 'statement', TOP);
  if (named !== statement) {
    refuse('SIGNING_QUEUE_INVALID', 'a job of the queue is about another statement than its name says', {
      path: 'statement',
      expected: statement,
      found: JSON.stringify(named.slice(0, 100)),
      hint: 'somebody has changed the queue: find out who before anything more is signed',
    });
  }
  return {
    statement,
    signature: bytesAt(job, 'signature', TOP),
    certificate: bytesAt(job, 'certificate', TOP),
    timestamps: arrayAt(job, 'timestamps', TOP).map((value, index) => {
      const where = at(at(TOP, 'timestamps'), index);
      const timestamp = objectOf(value, where);
      noOtherKeys(timestamp, TIMESTAMP_FIELDS, where);
      const response = optionalStringAt(timestamp, 'response', where);
      return {
        authority: stringAt(timestamp, 'authority', where),
        response: response === undefined ? undefined : fromBase64(response, at(where, 'response').path),
      };
    }),
    logs: arrayAt(job, 'logs', TOP).map((value, index) => {
      const where = at(at(TOP, 'logs'), index);
      const log = objectOf(value, where);
      noOtherKeys(log, LOG_FIELDS, where);
      const begun = member(log, 'begun');
      return {
        url: stringAt(log, 'url', where),
        version: countAt(log, 'version', where) ?? wrong(undefined, 'a number', at(where, 'version')),
        begun: typeof begun === 'boolean' ? begun : wrong(begun, 'true or false', at(where, 'begun')),
        size: countAt(log, 'size', where),
        entry: optionalObjectOf(member(log, 'entry'), at(where, 'entry')),
      };
    }),
  };
}

function bytesAt(object: JsonObject, key: string, where: Where): Uint8Array {
  return fromBase64(stringAt(object, key, where), at(where, key).path);
}

function countAt(object: JsonObject, key: string, where: Where): number | undefined {
  const value = member(object, key);
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : wrong(value, 'a whole number', at(where, key));
}
