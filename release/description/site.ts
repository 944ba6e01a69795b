import type { ReasonCode } from '#core/errors/codes';
import { refuse, type ReasonDetail } from '#core/errors/error';
import { formatPath } from '#core/errors/reason';
import type { Locate, Path } from '#core/policy/site';

/** A place in a description: what is wrong there is refused with its line and column. */
export class Site {
  readonly #locate: Locate;
  readonly #path: Path;

  constructor(locate: Locate, path: Path = []) {
    this.#locate = locate;
    this.#path = path;
  }

  child(...segments: Path): Site {
    return new Site(this.#locate, [...this.#path, ...segments]);
  }

  /** @throws the given code, always */
  refuse(code: ReasonCode, message: string, detail: ReasonDetail = {}): never {
    const path = formatPath(this.#path);
    return refuse(code, `${path === '' ? 'the description' : path} ${message}`, {
      path,
      at: this.#locate(this.#path),
      ...detail,
    });
  }
}

/** Text of a description as reasons show it: short, on one line. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}
