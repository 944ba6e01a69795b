import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputOptions, type Plugin } from 'rolldown';
import { compiledSchema, RUNTIME } from './compiled-schema.ts';
import { ENTRY, SCRIPT } from './load-bundle.ts';

const scripts = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(scripts, '..');

/** What the bundle leaves out, each to its own file beside it. */
type Parts = Map<string, string>;

/** Of the core: what only a signature over a digest alone needs. */
const LAZY = '#core/crypto/ecdsa-prehashed';

/** A script with what V8 compiles of it, for many policies need it. */
const REGEXP = 're2js';

/**
 * Leaves out what the core loads only when it is called for (JSON Schema, version ranges,
 * curves, the TUF client): a plain verification never needs it.
 */
function partsOutside(parts: Parts): Plugin {
  return {
    name: 'parts-outside',
    resolveId(id) {
      const isOurs = id.startsWith('.') || id.startsWith('#') || path.isAbsolute(id);
      if (id.startsWith('node:') || id.startsWith(RUNTIME) || id === REGEXP || (isOurs && id !== LAZY))
        return undefined;
      const file = `${id.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, '')}${SCRIPT}`;
      parts.set(id, file);
      return { id: `./${file}`, external: true };
    },
  };
}

/** The policy's schema as code, in the place of the module that has ajv compile it. */
const compiledSchemaPlugin: Plugin = {
  name: 'compiled-schema',
  load: (id) => (id === path.join(root, 'src/policy/schema-check.ts') ? compiledSchema() : undefined),
};

type Splitting = Exclude<OutputOptions['codeSplitting'], undefined>;

/**
 * The scripts of the verifier: what a first question to a registry takes; what is loaded while the registry looks;
 * the policy's schema; the CUE engine; everything else.
 */
const scriptsOfVerifier: Splitting = {
  groups: [
    {
      name: 'main',
      test: /\/(?:scripts\/bundled|verifier\/commands\/verify-attestation|src\/io\/network)\.ts$/,
    },
    {
      name: 'verify',
      test: /\/(?:verifier\/attestation-verification|src\/oci\/collect-evidence|src\/verdict\/text)\.ts$/,
    },
    { name: 'regexp', test: /\/node_modules\/re2js\// },
    { name: 'policy-schema', test: /\/src\/policy\/schema-check\.ts$/ },
    {
      name: 'cue',
      test: /\/src\/(?:cue|policy\/cosign-payload)\/|\/src\/policy\/cue-(?:check|reasons)\.ts$/,
    },
    { name: 'more' },
  ],
};

async function bundle(input: string, plugins: readonly Plugin[], output: OutputOptions): Promise<void> {
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external: [/^node:/],
    plugins: [...plugins],
  });
  await build.write({ format: 'cjs', minify: true, comments: false, dynamicImportInCjs: false, ...output });
  await build.close();
}

/** A script in one file. */
export async function bundleFile(input: string, file: string): Promise<void> {
  await bundle(input, [], { file, codeSplitting: false });
}

/**
 * The function that a launcher compiles. V8 keeps a text of ASCII in half the memory, and the launcher reads it
 * as such.
 */
function wrap(file: string): void {
  const text = `(function (exports, require, module) {${readFileSync(file, 'utf8')}\n})`;
  const unicode = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // Node looks for this text in what it makes an executable of, and must find it once: in itself.
  const hidden = text.replaceAll('NODE_SEA_FUSE_', String.raw`NODE_SEA_FUSE\u005f`);
  writeFileSync(file, hidden.replaceAll(/[^\0-\x7f]/g, unicode));
}

/**
 * Of a script. Two of one name are told apart by the order of the folders that they come from, and that is another
 * one elsewhere: what is loaded by itself has the name of its file.
 */
function nameOf(name: string, file: string | null | undefined): string {
  if (file === null || file === undefined) return name;
  const inPackage = file.split('/node_modules/').at(-1) ?? '';
  const below = inPackage === file ? path.relative(root, file) : inPackage;
  return below.replace(/[.][cm]?[jt]s$/, '').replaceAll(/[^a-z0-9]+/gi, '-');
}

interface BundledProgram {
  /** The script that gives `main`. */
  readonly input: string;
  readonly splitting: Splitting;
  readonly plugins: readonly Plugin[];
}

/** The programs that are bundled. */
const PROGRAMS = {
  edgeseal: { input: 'bundled.ts', splitting: scriptsOfVerifier, plugins: [compiledSchemaPlugin] },
  'edgeseal-release': { input: 'bundled-release.ts', splitting: true, plugins: [] },
} as const satisfies Readonly<Record<string, BundledProgram>>;

export type ProgramName = keyof typeof PROGRAMS;

export function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(PROGRAMS, name);
}

/**
 * Bundles a program into scripts of a folder, which is emptied before. The same source and packages give the same
 * bytes.
 */
export async function bundleProgram(name: ProgramName, folder: string): Promise<void> {
  const { input, splitting, plugins } = PROGRAMS[name];
  rmSync(folder, { recursive: true, force: true });
  const parts: Parts = new Map();
  await bundle(path.join(scripts, input), [...plugins, partsOutside(parts)], {
    dir: folder,
    entryFileNames: ENTRY,
    chunkFileNames: ({ name, facadeModuleId }) => `${nameOf(name, facadeModuleId)}${SCRIPT}`,
    codeSplitting: splitting,
  });
  for (const [id, file] of parts) await bundleFile(id, path.join(folder, file));
  for (const file of readdirSync(folder)) wrap(path.join(folder, file));
}
