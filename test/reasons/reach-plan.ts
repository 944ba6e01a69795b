import { parseDescription } from '../../release/description/parse-description.ts';
import { makePlan } from '../../release/plan/make-plan.ts';
import { changed } from '../release-plan/sound.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

/** What is told of a sound release description with one change. */
function planning(...change: Parameters<typeof changed>): Reach {
  return async () =>
    thrown(async () => {
      const description = await parseDescription(Buffer.from(changed(...change)), 'release.json');
      return makePlan(description, 'release.json', { ref: undefined, commit: undefined });
    });
}

const step = ['components', 1, 'steps', 0] as const;

/** Codes that tell of release descriptions. */
export const planReaches = {
  RELEASE_DESCRIPTION_INVALID: planning(['name'], 1),
  RELEASE_SOURCE_UNPINNED: planning(['source', 'commit'], undefined),
  RELEASE_TAG_INVALID: planning(['source', 'ref'], 'refs/heads/main'),
  RELEASE_INPUT_UNPINNED: planning(['inputs', 4, 'digest'], undefined),
  RELEASE_STEP_SHELL: planning([...step, 'run'], ['sh', '-c', 'make {version}']),
  RELEASE_STEP_CYCLE: planning([...step, 'reads'], ['agent/binary']),
  RELEASE_PATH_OUTSIDE: planning([...step, 'directory'], '../web'),
  RELEASE_PLATFORM_UNLISTED: planning(['platforms'], ['linux/arm64']),
  RELEASE_NAME_UNKNOWN: planning([...step, 'reads'], ['nothing']),
  RELEASE_NAME_TWICE: planning(['inputs', 1, 'name'], 'packages'),
} satisfies Reaches;
