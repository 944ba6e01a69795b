import { fromBase64 } from '#core/bytes/base64';
import { toHex } from '#core/bytes/hex';
import { decodeUtf8 } from '#core/bytes/utf8';
import { EdgesealError, refuse } from '#core/errors/error';

/** A line of go.sum: a module's content, or its go.mod alone. */
export interface GoSumEntry {
  readonly module: string;
  readonly version: string;
  readonly what: 'zip' | 'mod';
  /** Go's `h1:`, lower-case hexadecimal. */
  readonly h1: string;
}

const LINES = 200_000;
/** A module path: parts of letters, digits and - . _ ~, none that begins or ends with a dot. */
const MODULE =
  /^[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-])?(?:\/[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-])?)*$/;
const VERSION = /^v\d{1,16}\.\d{1,16}\.\d{1,16}(?:-[0-9A-Za-z.-]{1,200})?(?:\+incompatible)?$/;
const MOD = '/go.mod';

/**
 * Reads go.sum: MODULE VERSION HASH, a line each. What has no `h1:` hash, or two that differ, is refused.
 * @throws RELEASE_LOCKFILE_INVALID, UTF8_INVALID
 * @see https://go.dev/ref/mod#go-sum-files
 */
export function parseGoSum(bytes: Uint8Array, name: string): readonly GoSumEntry[] {
  const lines = decodeUtf8(bytes, name).split('\n');
  if (lines.length > LINES) invalid(name, 1, `at most ${LINES} lines`, `${lines.length}`);
  const found = new Map<string, GoSumEntry>();
  for (const [index, line] of lines.entries()) {
    const fields = line.split(/[ \t\r]+/).filter((field) => field !== '');
    if (fields.length === 0) continue;
    const entry = readLine(fields, name, index + 1);
    const key = `${entry.module} ${entry.version} ${entry.what}`;
    const before = found.get(key);
    if (before !== undefined && before.h1 !== entry.h1)
      invalid(name, index + 1, 'one hash of a module', 'another one than in a line before');
    found.set(key, entry);
  }
  return [...found.values()];
}

function readLine(fields: readonly string[], name: string, line: number): GoSumEntry {
  const [module = '', written = '', hash = ''] = fields;
  const isMod = written.endsWith(MOD);
  const version = isMod ? written.slice(0, -MOD.length) : written;
  if (fields.length !== 3) invalid(name, line, 'MODULE VERSION HASH', `${fields.length} words`);
  if (module.length > 500 || !MODULE.test(module)) invalid(name, line, 'the path of a module', module);
  if (!VERSION.test(version)) invalid(name, line, 'vMAJOR.MINOR.PATCH', version);
  return {
    module,
    version,
    what: isMod ? 'mod' : 'zip',
    h1: hexOf(hash) ?? invalid(name, line, 'h1:BASE64', hash),
  };
}

function hexOf(hash: string): string | undefined {
  if (!hash.startsWith('h1:')) return undefined;
  try {
    const bytes = fromBase64(hash.slice(3));
    return bytes.length === 32 ? toHex(bytes) : undefined;
  } catch (error) {
    if (error instanceof EdgesealError) return undefined;
    throw error;
  }
}

function invalid(name: string, line: number, expected: string, found: string): never {
  return refuse('RELEASE_LOCKFILE_INVALID', `${JSON.stringify(name.slice(0, 200))} is no go.sum`, {
    expected,
    found: JSON.stringify(found.slice(0, 200)),
    at: { file: name, line, column: 1 },
    hint: 'go mod tidy, or go mod download, writes it',
  });
}
