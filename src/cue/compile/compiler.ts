/** The state of compiling one file: the frames around the current syntax, and what all productions share. */

import type * as ast from '../syntax/ast.ts';
import { CueError } from '../syntax/cue-error.ts';
import { identLabel, letLabel, type Label } from '../value/label.ts';
import type { Position } from '../value/position.ts';
import type { Environment } from './environment.ts';
import type { ComprehensionDeclaration, Expression, StructExpression } from './expression.ts';
import type { Alias, Frame } from './frame.ts';
import { quoted, refuse, unsupported } from './refusal.ts';
import type { Bindings } from './resolve.ts';
import type { ScopeNode } from './scope.ts';

/** Pieces of syntax that may be compiled: lets within lets are compiled again for each reference around them. */
const MOST_PIECES = 300_000;

/** Pieces within each other, where a reference to a let clause holds what it stands for; a struct counts twice. */
const MOST_NESTED = 500;

/** The productions that refer to each other. */
export type Productions = {
  readonly expression: (compiler: Compiler, x: ast.Expression) => Expression;
  readonly struct: (compiler: Compiler, x: ast.StructLit) => StructExpression;
  readonly comprehension: (
    compiler: Compiler,
    x: ast.Comprehension,
    inList: boolean,
  ) => ComprehensionDeclaration;
};

/** What all files of an instance have in common. */
export type Instance = {
  readonly environment: Environment;
  readonly packageName: string;
  /** Labels that any file of the package declares at its top. */
  readonly shared: ReadonlySet<Label>;
  /** Labels at the top to which some expression refers. */
  readonly referred: Set<Label>;
  /** Whether some reference points to a regular field that is not at the top. */
  inward: boolean;
  serial: number;
  pieces: number;
};

export class Compiler {
  readonly instance: Instance;
  readonly bindings: Bindings;
  /** Whether what was compiled since it was last cleared refers to a variable of a comprehension. */
  refersToVariable = false;
  private readonly source: ast.SourceFile;
  private readonly productions: Productions;
  private frames: Frame[] = [];
  private nested = 0;

  constructor(instance: Instance, file: ast.File, bindings: Bindings, productions: Productions) {
    this.instance = instance;
    this.source = file.source;
    this.bindings = bindings;
    this.productions = productions;
  }

  at(offset: number): Position {
    return { file: this.source, offset };
  }

  /** @throws CUE_COMPILE */
  refuse(offset: number, message: string): never {
    return refuse(this.source, offset, message);
  }

  /** @throws CUE_UNSUPPORTED */
  unsupported(offset: number, what: string): never {
    return unsupported(this.source, offset, what);
  }

  label(ident: ast.Ident): Label {
    return identLabel(ident.name, this.instance.packageName);
  }

  expression(x: ast.Expression): Expression {
    return this.nest(x, () => this.productions.expression(this, x));
  }

  struct(x: ast.StructLit): StructExpression {
    return this.nest(x, () => this.productions.struct(this, x));
  }

  comprehension(x: ast.Comprehension, inList: boolean): ComprehensionDeclaration {
    return this.nest(x, () => this.productions.comprehension(this, x, inList));
  }

  private nest<T>({ offset }: { readonly offset: number }, run: () => T): T {
    this.instance.pieces += 1;
    this.nested += 1;
    const deep = this.nested > MOST_NESTED;
    if (deep || this.instance.pieces > MOST_PIECES) {
      throw new CueError(
        'CUE_LIMIT',
        deep ? 'nested too deep' : 'too many nested let clauses',
        this.source,
        offset,
      );
    }
    const compiled = run();
    this.nested -= 1;
    return compiled;
  }

  /** Compiles within a new frame; every alias that it declares must be referred to. */
  within<T>(scope: ScopeNode | undefined, up: 0 | 1, run: (frame: Frame) => T): T {
    const frame = this.enter(scope, up);
    const compiled = run(frame);
    this.leave();
    return compiled;
  }

  enter(scope: ScopeNode | undefined, up: 0 | 1): Frame {
    const frame: Frame = { scope, up, looping: false, field: undefined, aliases: new Map() };
    this.frames.push(frame);
    return frame;
  }

  leave(): void {
    const frame = this.frames.pop();
    for (const [name, { used, offset }] of frame?.aliases ?? []) {
      if (!used) this.refuse(offset, `unreferenced alias or let clause ${name}`);
    }
  }

  /** The frame that a test holds for, innermost first, and the environments within it. */
  find(test: (frame: Frame) => boolean): { readonly frame: Frame; readonly up: number } | undefined {
    let up = 0;
    for (const frame of this.frames.toReversed()) {
      if (test(frame)) return { frame, up };
      up += frame.up;
    }
    return undefined;
  }

  /** Environments from here to the file's own. */
  get depth(): number {
    return this.frames.reduce((sum, frame) => sum + frame.up, 0);
  }

  declareAlias(frame: Frame, ident: ast.Ident, offset: number, clause?: ast.LetClause): void {
    const { name } = ident;
    if (name === '_') this.refuse(ident.offset, 'cannot use _ as alias or let clause');
    if (frame.aliases.has(name)) this.refuse(offset, `alias ${quoted(name)} already declared`);
    const alias: Alias = { offset, used: false };
    if (clause === undefined) {
      frame.aliases.set(name, alias);
      return;
    }
    this.instance.serial += 1;
    const label = letLabel(name, this.instance.serial);
    frame.aliases.set(name, { ...alias, let: { clause, label, state: 'fresh' } });
  }

  /** The alias that an identifier means, which is thereby referred to. */
  alias(frame: Frame, name: string, offset: number): Alias {
    const alias = frame.aliases.get(name);
    if (alias === undefined) {
      return this.refuse(offset, `could not find let or alias associated with identifier ${quoted(name)}`);
    }
    const entry = alias.let;
    if (entry?.state === 'busy') this.refuse(offset, 'cyclic references in let clause or alias');
    if (entry?.state === 'fresh') {
      entry.state = 'busy';
      this.valueOf(frame, undefined, entry.clause.x);
      entry.state = 'known';
    }
    alias.used = true;
    return alias;
  }

  /** Compiles a value that belongs to a frame further out, as if it stood there. */
  valueOf(frame: Frame, field: ast.Field | undefined, x: ast.Expression): Expression {
    const { frames } = this;
    const outer = frame.field;
    this.frames = frames.slice(0, frames.indexOf(frame) + 1);
    frame.field = field;
    const compiled = this.expression(x);
    frame.field = outer;
    this.frames = frames;
    return compiled;
  }

  /** A let clause's value, and whether it differs from one turn of a comprehension to the next. */
  letValue(run: () => Expression): { readonly value: Expression; readonly looping: boolean } {
    const outer = this.refersToVariable;
    this.refersToVariable = false;
    const value = run();
    const looping = this.refersToVariable;
    this.refersToVariable = outer || looping;
    return { value, looping };
  }
}
