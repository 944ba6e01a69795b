import { decodeUtf8 } from '#core/bytes/utf8';
import { refuse } from '#core/errors/error';
import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { refuseBySchema } from '#core/json/schema-refusal';
import { limits } from '#core/limits';
import type { BuildRecord } from '../build/build-record.ts';
import { lazySchema } from '../lock/work-file.ts';
import { checkHermetic } from '../sandbox/check-hermetic.ts';
import type { HermeticEvidence } from '../sandbox/evidence.ts';
import type { Store } from '../store/store.ts';

const schema = lazySchema<HermeticEvidence>(
  async () => (await import('./evidence.schema.json', { with: { type: 'json' } })).default,
);

/**
 * Judges what was seen around each step once more: provenance says that there was no network, and this is why.
 * @throws SANDBOX_NOT_HERMETIC, BUILD_STEP_NETWORK, RELEASE_WORK_INVALID, RELEASE_CONTENT_*
 */
export async function checkEvidence({ steps, sandbox }: BuildRecord, store: Store): Promise<void> {
  for (const { component, name, platform, evidence: digest } of steps) {
    const step = `${component}/${name} for ${platform}`;
    const evidence = await readEvidence(store, digest);
    checkHermetic(evidence, step);
    if (evidence.mechanism === sandbox.mechanism && evidence.version === sandbox.version) continue;
    refuse('RELEASE_WORK_INVALID', `the evidence of the step ${step} is of another sandbox`, {
      expected: `${sandbox.mechanism}, ${sandbox.version}`,
      found: `${evidence.mechanism}, ${evidence.version}`.slice(0, 300),
      hint: 'run edgeseal-release build again, with the same --work',
    });
  }
}

async function readEvidence(store: Store, digest: string): Promise<HermeticEvidence> {
  const name = `the evidence ${digest}`;
  const text = decodeUtf8(await store.read(digest, limits.configFile), name);
  const document = parseJson(text, name);
  const validate = await schema();
  if (validate(document)) return document;
  return refuseBySchema('RELEASE_WORK_INVALID', name, validate.errors ?? [], document, (at) => ({
    file: name,
    ...locate(text, at),
  }));
}
