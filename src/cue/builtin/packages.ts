/** The builtin packages by their import paths. */

import type { BuiltinPackage } from './builtin.ts';
import { bits } from './bits.ts';
import { list } from './list.ts';
import { math } from './math.ts';
import { regexp } from './regexp.ts';
import { strconv } from './strconv.ts';
import { strings } from './strings.ts';
import { struct } from './struct.ts';
import { time } from './time.ts';

const PACKAGES: ReadonlyMap<string, BuiltinPackage> = new Map(
  [bits, list, math, regexp, strconv, strings, struct, time].map((entry) => [entry.path, entry]),
);

/** What CUE has besides. */
const REFUSED: ReadonlySet<string> = new Set([
  'crypto/ed25519',
  'crypto/hmac',
  'crypto/md5',
  'crypto/sha1',
  'crypto/sha256',
  'crypto/sha512',
  'encoding/base64',
  'encoding/csv',
  'encoding/hex',
  'encoding/json',
  'encoding/openapi',
  'encoding/toml',
  'encoding/yaml',
  'html',
  'net',
  'path',
  'text/tabwriter',
  'text/template',
  'tool',
  'tool/cli',
  'tool/exec',
  'tool/file',
  'tool/http',
  'tool/os',
  'uuid',
]);

/** A package that is supported. */
export const builtinPackage = (path: string): BuiltinPackage | undefined => PACKAGES.get(path);

/** Whether CUE has the package, supported or not. */
export const isKnownPackage = (path: string): boolean => PACKAGES.has(path) || REFUSED.has(path);
