import path from 'node:path';
import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { limits } from '#core/limits';
import { definePolicy } from '#core/policy/define-policy';
import { parsePolicy } from '#core/policy/parse-policy';
import type { Policy } from '#core/policy/policy';
import type { FetchedWork } from '../lock/work.ts';
import type { ExpectedSigner } from '../signing/verify-signed.ts';

/**
 * The policy that the release must pass, from the source as it was locked. One in CUE says nothing of who signs: there it
 * is who signs this release.
 * @throws POLICY_*, JSON_*, RELEASE_NAME_UNKNOWN, RELEASE_CONTENT_*
 */
export async function releasePolicy(work: FetchedWork, signer: ExpectedSigner): Promise<Policy> {
  const file = path.posix.normalize(work.plan.policy);
  const text = await sourceText(work, file);
  if (file.endsWith('.cue')) {
    const { issuer, identity } = signer;
    return definePolicy({
      name: file,
      requirements: [
        {
          predicateType: 'slsaprovenance1',
          signers: [{ issuer, identity }],
          cue: { files: [{ name: file, text }] },
        },
      ],
    });
  }
  const named = cueFilesIn(text).map((name) => path.posix.join(path.posix.dirname(file), name));
  const texts = new Map<string, string>();
  for (const name of named) texts.set(name, await sourceText(work, name));
  return parsePolicy(text, file, (name) => {
    const whole = path.posix.join(path.posix.dirname(file), name);
    return { name: whole, text: texts.get(whole) ?? missing(whole) };
  });
}

async function sourceText({ lock, store }: FetchedWork, name: string): Promise<string> {
  const found = lock.source.files.find((one) => one.path === name && one.mode !== '120000');
  return decodeUtf8(await store.read(found?.sha256 ?? missing(name), limits.configFile), name);
}

/** Every text of the document that may name a file of CUE: which of them do, the policy's own reader says. */
function cueFilesIn(text: string): readonly string[] {
  return [...text.matchAll(/"([^"\\\n]+\.cue)"/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function missing(name: string): never {
  return refuse('RELEASE_NAME_UNKNOWN', 'the source does not have the policy of the release', {
    path: 'policy',
    expected: 'a file of the source',
    found: JSON.stringify(name.slice(0, 300)),
    hint: 'is it committed? a release reads the commit, never the working tree',
  });
}
