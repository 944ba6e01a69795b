import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// The main job on real input: npm's sigstore 2.0.0, its provenance, Sigstore's embedded root, no network.

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = 'examples/quickstart';
const artifact = `${here}/sigstore-2.0.0.tgz`;

interface Scene {
  readonly title: string;
  readonly policy: string;
  readonly artifact: string;
  readonly exit: 0 | 1;
  /** Reason code that the refusal must give. */
  readonly code?: string;
}

/** Runs one scene as a person would type it; true where the answer is the expected one. */
function play({ title, policy, artifact: file, exit, code }: Scene): boolean {
  const bundle = `${here}/sigstore-2.0.0.provenance.json`;
  const args = ['verify-attestation', '--offline', '--policy', policy, '--bundle', bundle, file];
  console.log(`\n## ${title}\n\n$ edgeseal ${args.join(' ')}\n`);
  const run = spawnSync(process.execPath, ['verifier/bin/edgeseal.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  console.log(run.stderr.trimEnd());
  if (run.stdout !== '')
    console.log(`\n(standard output: the verified envelope, ${run.stdout.length} bytes)`);
  console.log(`\nexit code ${run.status ?? 'none'}`);
  return run.status === exit && (code === undefined || run.stderr.includes(`${code}:`));
}

const folder = mkdtempSync(path.join(tmpdir(), 'edgeseal-quickstart-'));
try {
  const tampered = path.join(folder, 'sigstore-2.0.0.tgz');
  const bytes = readFileSync(path.join(root, artifact));
  bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
  writeFileSync(tampered, bytes);

  const policy = `${here}/policy.json`;
  const asExpected = [
    play({ title: 'A real package with its real provenance', policy, artifact, exit: 0 }),
    play({
      title: 'The same package with one bit changed',
      policy,
      artifact: tampered,
      exit: 1,
      code: 'ARTIFACT_DIGEST_MISMATCH',
    }),
    play({
      title: 'The real package, where another source is expected',
      policy: `${here}/policy-other-source.json`,
      artifact,
      exit: 1,
      code: 'SOURCE_REPOSITORY_MISMATCH',
    }),
  ];
  const good = asExpected.every(Boolean);
  console.log(good ? '\nOne passed, two refused: as it should be.' : '\nNot as it should be.');
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
