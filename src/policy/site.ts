import type { ReasonCode } from '#core/errors/codes';
import { refuse, type ReasonDetail } from '#core/errors/error';
import { formatPath, type Position } from '#core/errors/reason';

/** Keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/** Where a path of the policy stands in the file, or which flag said it. */
export type Locate = (path: Path) => Position | undefined;

/** A place in a policy: what is wrong there is refused, and what is expected from there is reported, by it. */
export class Site {
  readonly #locate: Locate;
  readonly path: Path;

  constructor(locate: Locate, path: Path = []) {
    this.#locate = locate;
    this.path = path;
  }

  child(...segments: Path): Site {
    return new Site(this.#locate, [...this.path, ...segments]);
  }

  /** Position of this place, or of a place under it. */
  position(...segments: Path): Position | undefined {
    return this.#locate([...this.path, ...segments]);
  }

  /** @throws POLICY_INVALID, or the given code */
  refuse(message: string, detail: ReasonDetail = {}, code: ReasonCode = 'POLICY_INVALID'): never {
    const path = this.path.length === 0 ? 'the policy' : formatPath(this.path);
    return refuse(code, `${path} ${message}`, { path, at: this.position(), ...detail });
  }
}
