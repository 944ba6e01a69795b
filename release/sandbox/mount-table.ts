/** Lines of fstab(5), written without anything that could be read as a second field or line. */
export class MountTable {
  readonly #lines: string[] = [];

  bind(source: string, target: string, options: readonly string[]): void {
    this.#add(source, target, 'none', ['bind', ...options]);
  }

  proc(target: string, isWritable: boolean): void {
    this.#add('proc', target, 'proc', [isWritable ? 'rw' : 'ro', 'nosuid', 'nodev', 'noexec']);
  }

  memory(target: string): void {
    this.#add('tmpfs', target, 'tmpfs', ['mode=1777', 'nosuid', 'nodev']);
  }

  get text(): string {
    return this.#lines.join('');
  }

  #add(source: string, target: string, type: string, options: readonly string[]): void {
    this.#lines.push(`${escaped(source)} ${escaped(target)} ${type} ${options.join(',')} 0 0\n`);
  }
}

/** Space, tab, newline, backslash and the sign of a comment, as fstab(5) wants them: octal. */
function escaped(path: string): string {
  return path.replaceAll(/[\s\\#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
