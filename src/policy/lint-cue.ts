import type { Alias, Declaration, Expression, Field, Label } from '#core/cue/syntax/ast';
import { parseFile } from '#core/cue/syntax/parse-file';
import type { Position } from '#core/errors/reason';
import { formatPath } from '#core/errors/reason';
import { lineAndColumn } from '#core/json/parse';
import type { CueSource } from './document.ts';

/** What in a policy may mean something else than its author thinks. */
export interface CueDoubt {
  readonly message: string;
  readonly at: Position;
  readonly hint: string;
}

/** Fields that say who or where: what fits a part of one may be anybody's. */
const IDENTITY =
  /^(?:id|uri|url|identity|issuer|san|ref|repository|workflow|entryPoint|.*(?:Id|ID|Uri|URI))$/;

/**
 * Reads the policy for what is easily meant otherwise: fields that are never compared, fields that may be absent,
 * expressions that fit more than they seem to.
 * @param files what has been compiled before
 */
export function lintCue(files: readonly CueSource[]): readonly CueDoubt[] {
  return files.flatMap((file) => {
    const linter = new Linter(file);
    linter.declarations(parseFile(file).declarations, []);
    return linter.doubts;
  });
}

class Linter {
  readonly doubts: CueDoubt[] = [];
  readonly #file: CueSource;

  constructor(file: CueSource) {
    this.#file = file;
  }

  declarations(declarations: readonly Declaration[], path: readonly string[]): void {
    for (const declaration of declarations) {
      if (declaration.kind === 'field') this.#field(declaration, path);
      else if (declaration.kind === 'embedding') this.#expression(declaration.x, path);
      else if (declaration.kind === 'comprehension') this.declarations(declaration.value.declarations, path);
    }
  }

  #field({ label, presence, value, offset }: Field, path: readonly string[]): void {
    const name = nameOf(label);
    if (path.length === 0 && label.kind === 'ident' && name === '_type') {
      this.#doubt(offset, '_type is a hidden field of CUE, and compared with nothing', 'write "_type"');
    }
    const own = name === undefined ? path : [...path, name];
    if (presence === 'optional' && name !== undefined && !isAnything(value)) {
      const what = formatPath(own);
      this.#doubt(
        offset,
        `what is asked of ${what} is not asked where it is absent`,
        `write ${name}: where it must be there`,
      );
    }
    this.#expression(value, own);
  }

  #expression(x: Expression | Alias, path: readonly string[]): void {
    switch (x.kind) {
      case 'alias':
      case 'paren':
        return this.#expression(x.x, path);
      case 'struct':
        return this.declarations(x.declarations, path);
      case 'list':
        for (const element of x.elements)
          if (element.kind === 'comprehension') this.declarations(element.value.declarations, path);
          else this.#expression(element, path);
        if (x.ellipsis?.x !== undefined) this.#expression(x.ellipsis.x, path);
        return;
      case 'binary':
        this.#expression(x.x, path);
        return this.#expression(x.y, path);
      case 'call':
        for (const argument of x.args) this.#expression(argument, path);
        return;
      case 'unary':
        if (x.op === '=~' && x.x.kind === 'string') this.#regexp(x.x.value, x.offset, path);
        return;
      default:
    }
  }

  #regexp(text: string, offset: number, path: readonly string[]): void {
    const where = path.length === 0 ? 'the statement' : formatPath(path);
    if (hasBareDot(text)) {
      this.#doubt(offset, `a dot in the expression for ${where} fits any character`, 'write [.] for a dot');
    }
    if (!IDENTITY.test(path.at(-1) ?? '')) return;
    if (!/^(?:\(\?[a-z]+\))?(?:\^|\\A)/.test(text)) {
      this.#doubt(offset, `the expression for ${where} may fit in the middle`, 'begin it with ^');
    }
    if (!/(?:[$/@#?]|\\z|\.\*|\.\+)\)?$/.test(text)) {
      this.#doubt(
        offset,
        `the expression for ${where} lets anything follow, as in NAME-of-another`,
        'end it with $, or with a delimiter such as / or @',
      );
    }
  }

  #doubt(offset: number, message: string, hint: string): void {
    const { name, text } = this.#file;
    this.doubts.push({ message, at: { file: name, ...lineAndColumn(text, offset) }, hint });
  }
}

function nameOf(label: Label): string | undefined {
  if (label.kind === 'ident') return label.ident.name;
  return label.kind === 'string' ? label.value : undefined;
}

/** `_`, and a list or struct of anything. */
function isAnything(x: Expression | Alias): boolean {
  if (x.kind === 'ident') return x.name === '_';
  if (x.kind === 'list')
    return x.elements.length === 0 && x.ellipsis !== undefined && x.ellipsis.x === undefined;
  return x.kind === 'struct' && x.declarations.every(({ kind }) => kind === 'ellipsis');
}

/** A dot between letters, which is meant as one. */
function hasBareDot(text: string): boolean {
  const bare = text.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, ' ');
  return /[A-Za-z0-9]\.[A-Za-z]/.test(bare);
}
