import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A repository with KubeEdge's source, and on top of it what its maintainers would commit. */
export class KubeEdgeSource {
  readonly folder: string;

  /**
   * @param folder an empty one
   * @param from a clone, of which the files of HEAD are taken; or the files of a release, unpacked
   */
  constructor(folder: string, from: string) {
    this.folder = folder;
    this.git('init', '-q');
    const top = spawnSync('git', ['-C', from, 'rev-parse', '--show-prefix', '--git-common-dir'], {
      encoding: 'utf8',
    });
    const [prefix, shared = ''] = top.stdout.split('\n');
    if (top.status === 0 && prefix === '') {
      const objects = path.resolve(from, shared, 'objects');
      writeFileSync(path.join(folder, '.git/objects/info/alternates'), `${objects}\n`);
      this.git('read-tree', '--reset', '-u', gitIn(from, 'rev-parse', 'HEAD^{tree}'));
    } else {
      this.git('--work-tree', path.resolve(from), 'add', '--all', '--force', '.');
      this.git('checkout-index', '--all', '--force');
    }
  }

  git(...argv: readonly string[]): string {
    return gitIn(this.folder, ...argv);
  }

  /** The id of a folder, as the index has it. */
  treeOf(folder: string): string {
    return this.git('rev-parse', `${this.git('write-tree')}:${folder}`);
  }

  /** Commits these files beside the source, as a release. @returns the commit */
  release(files: Readonly<Record<string, string | Uint8Array>>, tag: string): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), content);
    }
    this.git('add', '--force', ...Object.keys(files));
    this.git('commit', '-q', '-m', 'release: how it is built, and the policy that it must pass');
    this.git('tag', tag);
    return this.git('rev-parse', 'HEAD');
  }
}

const AUTHOR = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
/** When the release is committed. */
export const COMMITTED = '2026-07-20T00:00:00Z';

function gitIn(folder: string, ...argv: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...AUTHOR, ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      GIT_AUTHOR_DATE: COMMITTED,
      GIT_COMMITTER_DATE: COMMITTED,
      GIT_NO_LAZY_FETCH: '1',
    },
  }).trim();
}
