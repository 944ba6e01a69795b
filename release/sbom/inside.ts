import { readGoBuild } from './go-modules.ts';

/** What a file shows of the packages that it was made of. */
export interface Inside {
  /** `PATH@VERSION` of Go modules; undefined where it is no Go program. */
  readonly goModules: readonly string[] | undefined;
  /** Names of npm packages that a bundler says it has put in. */
  readonly npmPackages: readonly string[];
  /** Whether Node.js itself is in it: a single executable. */
  readonly hasNode: boolean;
}

/**
 * Every Node.js program has this text, which `node --build-sea` changes at its end; it refuses one that has it twice,
 * as a program would that holds this module: here it is in hexadecimal, which nobody joins to it.
 */
const NODE = Buffer.from(
  '4e4f44455f5345415f465553455f6663653638306162326363343637623665303732623862356466313939366232',
  'hex',
);
const ELF = Buffer.from('\u007fELF', 'latin1');
/** How rolldown and rollup (`//#region`), esbuild (`//`) and webpack head what comes of a file. */
const HEADED =
  /^(?:\/\/ ?(?:#region )?|\/\*+\/ ?["'])(?:\.\.?\/)*node_modules\/((?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*)\//gm;

/** Looks into a file that is published, or that lies in one. */
export function lookInside(bytes: Uint8Array): Inside {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(0, ELF.length).equals(ELF)) {
    const text = buffer.includes('node_modules/') ? buffer.toString('latin1') : '';
    const named = [...text.matchAll(HEADED)].flatMap(([, name]) => (name === undefined ? [] : [name]));
    return { goModules: undefined, npmPackages: [...new Set(named)], hasNode: false };
  }
  return { goModules: readGoBuild(bytes)?.modules, npmPackages: [], hasNode: buffer.includes(NODE) };
}

/** The same of a file at this place, where that tells of a package. */
export function insideAt(inside: Inside, path: string): Inside {
  const installed = packageOfPath(path);
  if (installed === undefined || inside.npmPackages.includes(installed)) return inside;
  return { ...inside, npmPackages: [installed, ...inside.npmPackages] };
}

/** The package that a file is installed with: the innermost one. */
function packageOfPath(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.lastIndexOf('node_modules');
  const [scope, name] = at < 0 ? [] : parts.slice(at + 1);
  if (scope === undefined || scope.startsWith('.')) return undefined;
  return scope.startsWith('@') && name !== undefined ? `${scope}/${name}` : scope;
}
