import type { Random } from '../../fuzz/random.ts';
import { kindOfLabel, labelOf, type Json, type Kind } from './alphabet.ts';

/** Text of a policy, and a value that may satisfy it. */
export interface Written {
  readonly text: string;
  readonly sample: Json;
}

type Writer = (writing: Writing, depth: number) => Written;

/** What policies of a seed are written with: chance, the names that can be seen, and the packages that are used. */
export class Writing {
  readonly random: Random;
  readonly writeStruct: Writer;
  readonly packages: Set<string>;
  readonly #scopes: string[][] = [];

  constructor(random: Random, writeStruct: Writer, packages = new Set<string>()) {
    this.random = random;
    this.writeStruct = writeStruct;
    this.packages = packages;
  }

  /** Writes something in a scope of these names. */
  within<T>(names: readonly string[], write: () => T): T {
    this.#scopes.push([...names]);
    const written = write();
    this.#scopes.pop();
    return written;
  }

  /** A name in sight that is of the kind; empty where there is none. */
  fittingName(kind: Kind): string {
    const fitting = this.#scopes.flat().filter((name) => kindOfLabel(name) === kind);
    return fitting.length > 0 ? this.random.pick(fitting) : '';
  }

  /** The same, or seldom a name of another kind. */
  nameOf(kind: Kind): string {
    const fitting = this.fittingName(kind);
    if (fitting !== '') return fitting;
    const names = this.#scopes.flat();
    return names.length > 0 && this.random.chance(12) ? this.random.pick(names) : '';
  }

  /** A definition in sight, or empty. */
  definition(): string {
    const names = this.#scopes.flat().filter((name) => name.startsWith('#'));
    return names.length > 0 ? this.random.pick(names) : '';
  }

  /** A reference, mostly to something of the kind; undefined where there is nothing to refer to. */
  reference(kind: Kind): string | undefined {
    const { random } = this;
    if (!random.chance(3)) {
      const name = this.nameOf(kind);
      if (name !== '') return name;
    }
    const outer = this.nameOf(random.chance(5) ? 'list' : 'struct');
    if (outer === '' || !/struct|list/.test(kindOfLabel(outer))) return undefined;
    if (kindOfLabel(outer) === 'list') return `${outer}[${random.below(2)}]`;
    const inner = random.chance(4) ? `.${labelOf(random, 'struct')}` : '';
    return kind === 'struct' && random.chance(2) ? outer : `${outer}${inner}.${labelOf(random, kind)}`;
  }
}
