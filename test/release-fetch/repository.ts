import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A file of a commit: its content, or what it links to. */
export type SourceFile = string | Uint8Array | { readonly link: string } | { readonly script: string };

const AUTHOR = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
/** When everything is committed, seconds since 1970. */
export const COMMITTED = 1_750_000_000;

/** A git repository in a folder of its own. */
export class TestRepository {
  readonly folder: string = mkdtempSync(path.join(os.tmpdir(), 'edgeseal-source-'));

  constructor(files: Readonly<Record<string, SourceFile>>, ...init: readonly string[]) {
    this.git('init', '-q', '-b', 'main', ...init);
    this.commit(files);
  }

  git(...argv: readonly string[]): string {
    const date = `${COMMITTED} +0100`;
    return execFileSync('git', ['-C', this.folder, ...AUTHOR, ...argv], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    }).trim();
  }

  /** Writes files, and commits all that is there. @returns the commit */
  commit(files: Readonly<Record<string, SourceFile>>): string {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'a commit');
    return this.head;
  }

  write(name: string, content: SourceFile): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(file, content);
    else if ('link' in content) symlinkSync(content.link, file);
    else {
      writeFileSync(file, content.script);
      chmodSync(file, 0o755);
    }
  }

  get head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
