import type { Artifact } from '#core/verify/artifact';
import type { Pattern } from './policy.ts';

/** Docker Hub as references spell it, best known first, and the folder of its own images. */
const DOCKER_HUB: readonly string[] = ['index.docker.io/', 'docker.io/'];
const OFFICIAL = 'library/';

/**
 * Whether a subject of a policy is about the artifact. It is compared with the artifact's name; of a file also
 * with the last part of its path; of an image also with the reference without digest, and without tag. An image
 * on Docker Hub fits under each of its names: `index.docker.io/o/r`, `docker.io/o/r` and `o/r`, and without
 * `library/`. As in a ClusterImagePolicy, the glob of any two parts is about Docker Hub only.
 * @see https://docs.sigstore.dev/policy-controller/overview/#configuring-image-patterns
 */
export function subjectFits(subject: Pattern, artifact: Artifact): boolean {
  const { name, kind } = artifact;
  if (kind === 'image' && subject.text === '*/*' && onDockerHub(name) === undefined) return false;
  return namesOf(artifact).some((one) => subject.test(one));
}

function namesOf({ name, kind }: Artifact): readonly string[] {
  if (kind === 'file') return [name, name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)];
  return kind === 'image' ? spellings(name).flatMap(withoutDigestAndTag) : [name];
}

function withoutDigestAndTag(name: string): readonly string[] {
  const [reference = name] = name.split('@', 1);
  const tag = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return tag < 0 ? [name, reference] : [name, reference, reference.slice(0, tag)];
}

/** All spellings of an image's name. */
function spellings(name: string): readonly string[] {
  const path = onDockerHub(name);
  if (path === undefined) return [name];
  const paths = path.startsWith(OFFICIAL) ? [path, path.slice(OFFICIAL.length)] : [path];
  return paths.flatMap((one) => [...DOCKER_HUB.map((host) => `${host}${one}`), one]);
}

/** What stands behind the host; undefined of an image that is elsewhere. */
function onDockerHub(name: string): string | undefined {
  const host = DOCKER_HUB.find((one) => name.startsWith(one));
  return host === undefined ? undefined : name.slice(host.length);
}
