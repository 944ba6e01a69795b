/** The builtin packages by their import paths. */

import type { BuiltinPackage } from './builtin.ts';
import { base64 } from './base64.ts';
import { bits } from './bits.ts';
import { ed25519 } from './ed25519.ts';
import { hmac, md5, sha1, sha256, sha512 } from './hash.ts';
import { hex } from './hex.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { list } from './list.ts';
import { math } from './math.ts';
import { net } from './net.ts';
import { path } from './path.ts';
import { regexp } from './regexp.ts';
import { strconv } from './strconv.ts';
import { strings } from './strings.ts';
import { struct } from './struct.ts';
import { time } from './time.ts';
import { uuid } from './uuid.ts';

const PACKAGES: ReadonlyMap<string, BuiltinPackage> = new Map(
  [
    base64,
    bits,
    ed25519,
    hex,
    hmac,
    html,
    json,
    list,
    math,
    md5,
    net,
    path,
    regexp,
    sha1,
    sha256,
    sha512,
    strconv,
    strings,
    struct,
    time,
    uuid,
  ].map((entry) => [entry.path, entry]),
);

/** What CUE has besides. */
const REFUSED: ReadonlySet<string> = new Set([
  'encoding/csv',
  'encoding/openapi',
  'encoding/toml',
  'encoding/yaml',
  'text/tabwriter',
  'text/template',
  'tool',
  'tool/cli',
  'tool/exec',
  'tool/file',
  'tool/http',
  'tool/os',
]);

/** A package that is supported. */
export const builtinPackage = (path: string): BuiltinPackage | undefined => PACKAGES.get(path);

/** Whether CUE has the package, supported or not. */
export const isKnownPackage = (path: string): boolean => PACKAGES.has(path) || REFUSED.has(path);
