import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '#core/errors/error';
import type { ReasonCode } from '#core/errors/codes';
import { nodeIo } from '#core/io/node-io';
import { expectedCodes } from './expected-codes.ts';
import { parseArguments, verifyBundle } from './verify-bundle.ts';

const folder = fileURLToPath(
  new URL('../../../shared/vectors/sigstore-conformance/bundle-verify/', import.meta.url),
);
const client = fileURLToPath(new URL('client', import.meta.url));
const present = existsSync(folder);
const names = present
  ? readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []))
  : [];
const modes = ['path', 'digest'] as const;
const cases = names.flatMap((name) => modes.map((mode) => ({ name, mode })));
const skipped = present ? '' : ' (skipped: ../shared/vectors is not here)';

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';

/** The arguments that sigstore-conformance gives for a case. */
function argumentsOf(name: string, mode: (typeof modes)[number]): string[] {
  const file = (part: string): string | undefined => {
    const path = `${folder}${name}/${part}`;
    return existsSync(path) ? path : undefined;
  };
  const text = (part: string): string | undefined => {
    const path = file(part);
    return path === undefined ? undefined : readFileSync(path, 'utf8').trimEnd();
  };
  const artifact = file('artifact') ?? `${folder}a.txt`;
  const key = file('key.pub');
  const root = file('trusted_root.json');
  const digest = `sha256:${createHash('sha256').update(readFileSync(artifact)).digest('hex')}`;
  const signer =
    key === undefined
      ? [
          '--certificate-identity',
          text('identity') ?? IDENTITY,
          '--certificate-oidc-issuer',
          text('issuer') ?? 'https://token.actions.githubusercontent.com',
        ]
      : ['--key', key];
  return [
    'verify-bundle',
    '--bundle',
    `${folder}${name}/bundle.sigstore.json`,
    ...signer,
    ...(root === undefined ? [] : ['--trusted-root', root]),
    mode === 'path' ? artifact : digest,
  ];
}

async function codesOf(argv: readonly string[]): Promise<readonly ReasonCode[]> {
  try {
    const reasons = await verifyBundle(parseArguments(argv), nodeIo().seeds());
    return reasons.map(({ code }) => code);
  } catch (error) {
    return [reasonOf(error).code];
  }
}

describe.skipIf(!present)(`sigstore-conformance bundle-verify${skipped}`, () => {
  test('70 cases, each by path and by digest', () => {
    expect(cases).toHaveLength(140);
    expect(Object.keys(expectedCodes).toSorted()).toEqual(
      names.filter((name) => name.endsWith('_fail')).toSorted(),
    );
  });

  test.each(cases)('$name by $mode', async ({ name, mode }) => {
    expect(name in expectedCodes).toBe(name.endsWith('_fail'));
    const expected = expectedCodes[name];
    expect(await codesOf(argumentsOf(name, mode))).toEqual(expected === undefined ? [] : [expected]);
  });

  test.each([
    ['happy-path-v0.3', 0],
    ['rekor2-dsse-happy-path', 0],
    ['signature-mismatch_fail', 1],
    ['trust-root-tlog-missing-validity-start_fail', 1],
  ] as const)('the executable: %s exits %d', async (name, code) => {
    const run = promisify(execFile)(client, argumentsOf(name, 'digest'));
    const exit = await run.then(
      () => 0,
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    expect(exit).toBe(code);
  });
});
