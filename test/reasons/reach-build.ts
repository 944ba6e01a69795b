import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readElf } from '../../release/elf/elf.ts';
import { runSteps } from '../../release/build/run-steps.ts';
import { firstGround } from '../../release/build/step-ground.ts';
import { inWorkshop } from '../../release/build/workshop.ts';
import { checkEqual } from '../../release/rebuild/check-equal.ts';
import { collectRoot } from '../../release/root/libraries.ts';
import { checkHermetic } from '../../release/sandbox/check-hermetic.ts';
import type { SandboxDriver, SandboxOrder, SandboxRun } from '../../release/sandbox/sandbox.ts';
import { findTool } from '../../release/sandbox/tools.ts';
import { writeElf } from '../release-build/made-elf.ts';
import { makeWork } from '../release-build/made-work.ts';
import { soundEvidence } from '../release-build/sound-evidence.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

const sound: SandboxRun = {
  kind: 'ended',
  code: 0,
  signal: null,
  log: Buffer.from(''),
  evidence: soundEvidence,
};

/** What is told of a step that ends so, and has written these files into its work directory. */
function stepping(end: SandboxRun, files: readonly string[] = []): Reach {
  return async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-reasons-'));
    try {
      const work = await makeWork(folder, {}, [{ run: ['make'], out: { file: 'out' } }], []);
      const [step] = work.plan.steps;
      if (step === undefined) throw new Error('the made-up work has a step');
      const { root: _root, ...rootless } = step;
      const driver: SandboxDriver = {
        mechanism: 'container',
        version: async () => 'made 1',
        run: async (order) => {
          for (const file of files) {
            const place = path.join(workOf(order), file);
            mkdirSync(path.dirname(place), { recursive: true });
            writeFileSync(place, '');
          }
          return end;
        },
        close: async () => undefined,
      };
      return await thrown(() =>
        inWorkshop({ work, driver, folder }, async (workshop) =>
          runSteps(
            {
              work: { ...work, plan: { ...work.plan, steps: [rootless] } },
              ground: firstGround(0),
              now: () => new Date(0),
              progress: { begin: () => undefined, end: () => undefined },
            },
            workshop,
          ),
        ),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

function workOf({ mounts }: SandboxOrder): string {
  return mounts.find(({ target }) => target === '/work')?.source ?? '';
}

/** Codes that tell of building. */
export const buildReaches = {
  SANDBOX_UNAVAILABLE: async () => thrown(() => findTool('no-such-program', {})),
  SANDBOX_NOT_HERMETIC: async () =>
    thrown(() =>
      checkHermetic({ ...soundEvidence, namespaces: { outside: 'net:[1]', inside: 'net:[1]' } }, 'a/b'),
    ),
  BUILD_STEP_FAILED: stepping({ ...sound, code: 1 }),
  BUILD_STEP_NETWORK: stepping({ ...sound, evidence: { ...soundEvidence, attempts: 1 } }),
  BUILD_STEP_LIMIT: stepping({ kind: 'limit', limit: 'seconds', log: Buffer.from('') }),
  BUILD_OUTPUT_INVALID: stepping(sound),
  BUILD_DEPENDENCY_UNLISTED: stepping(sound, ['vendor/evil.go']),
  REBUILD_DIFFERS: async () =>
    thrown(() =>
      checkEqual([
        { what: 'output a/b', first: '1', second: '2', where: ['line 1'], offset: 0, found: ['x', 'y'] },
      ]),
    ),
  ROOT_LIBRARY_MISSING: async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-reasons-'));
    const program = writeElf(path.join(folder, 'program'), { libraries: ['no-such.so'] });
    const reasons = await thrown(() => collectRoot(new Map([['/bin/program', program]])));
    rmSync(folder, { recursive: true });
    return reasons;
  },
  ELF_INVALID: async () => thrown(() => readElf(Buffer.from('#!'), 'script')),
} satisfies Reaches;
