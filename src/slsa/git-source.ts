/** A `git+https://host/owner/repo@ref` URI, taken apart. */
export interface GitSource {
  /** `https://host/owner/repo`. */
  readonly repository: string;
  readonly ref: string | undefined;
}

const GIT_URI = /^git\+(https:\/\/[^@\s]+)(?:@(\S+))?$/;

/** The repository and the ref of a git URI, split at its first `@`; undefined when it is none. */
export function parseGitUri(uri: string): GitSource | undefined {
  const match = GIT_URI.exec(uri);
  const repository = match?.[1];
  return repository === undefined ? undefined : { repository, ref: match?.[2] };
}

/** A workflow as GitHub names it: `owner/repo/path/to/file.yml@ref`. */
export interface WorkflowRef {
  /** `owner/repo`. */
  readonly repository: string;
  /** Path of the file in the repository. */
  readonly path: string;
  readonly ref: string;
}

/** The parts of `owner/repo/path@ref`, split at its last `@`; undefined when one is missing. */
export function parseWorkflowRef(text: string): WorkflowRef | undefined {
  const split = text.lastIndexOf('@');
  const [owner, repo, ...path] = text.slice(0, Math.max(split, 0)).split('/');
  const ref = text.slice(split + 1);
  if (split < 0 || ref === '' || !owner || !repo || path.length === 0 || path.includes('')) return undefined;
  return { repository: `${owner}/${repo}`, path: path.join('/'), ref };
}

/** The branch of `refs/heads/<branch>`. */
export function branchOf(ref: string): string | undefined {
  return nameAfter('refs/heads/', ref);
}

/** The tag of `refs/tags/<tag>`. */
export function tagOf(ref: string): string | undefined {
  return nameAfter('refs/tags/', ref);
}

function nameAfter(prefix: string, ref: string): string | undefined {
  return ref.startsWith(prefix) && ref.length > prefix.length ? ref.slice(prefix.length) : undefined;
}
