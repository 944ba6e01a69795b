import type { Kind } from '../value/kind.ts';
import {
  BOOL_KIND,
  BOTTOM_KIND,
  BYTES_KIND,
  FUNC_KIND,
  LIST_KIND,
  NULL_KIND,
  NUMBER_KIND,
  STRING_KIND,
  STRUCT_KIND,
  TOP_KIND,
} from '../value/kind.ts';
import { isRegular } from '../value/label.ts';
import type { BaseValue, Value } from '../value/value.ts';
import { isCyclePlaceholder } from './bottom.ts';
import type { Vertex } from './vertex.ts';
import { REQUIRED } from './vertex.ts';

/** How far a value is from data: the smaller, the closer. */
const BOTTOM_LEVEL = 0;
export const CONCRETE = 1;
const CONSTRAINT = 2;
const TYPE = 3;
const ANY = 4;

export function concreteness(v: Value): number {
  switch (v.tag) {
    case 'bottom':
      return BOTTOM_LEVEL;
    case 'top':
      return ANY;
    case 'type':
      return TYPE;
    case 'conjunction':
    case 'disjunction':
    case 'bound':
    case 'validator':
      return CONSTRAINT;
    case 'vertex': {
      const base = v.base;
      if (base === undefined || base.tag === 'struct-marker' || base.tag === 'list-marker') return CONCRETE;
      return concreteness(base);
    }
    case 'null':
    case 'bool':
    case 'number':
    case 'string':
    case 'bytes':
    case 'function':
      return CONCRETE;
  }
}

export const isConcrete = (v: Value | undefined): boolean => v !== undefined && concreteness(v) <= CONCRETE;

export function isRecursivelyConcrete(v: Vertex): boolean {
  for (const a of v.arcs) {
    if (!isRegular(a.label)) continue;
    if (a.arcType === REQUIRED) return false;
    if (!isRecursivelyConcrete(a)) return false;
  }
  return isConcrete(v);
}

/** The types that a value can still have. */
export function kindOf(v: BaseValue): Kind {
  switch (v.tag) {
    case 'null':
      return NULL_KIND;
    case 'bool':
      return BOOL_KIND;
    case 'number':
    case 'type':
      return v.kind;
    case 'string':
      return STRING_KIND;
    case 'bytes':
      return BYTES_KIND;
    case 'top':
      return TOP_KIND;
    case 'bound': {
      const kind = kindOf(v.value);
      if (kind !== 0 && (kind & ~NUMBER_KIND) === 0) return NUMBER_KIND;
      return kind === NULL_KIND && v.op === '!=' ? TOP_KIND & ~NULL_KIND : kind;
    }
    case 'conjunction':
      return v.values.reduce((kind, x) => kind & kindOf(x), TOP_KIND);
    case 'disjunction':
      return v.values.reduce((kind, x) => kind | kindOf(x), BOTTOM_KIND);
    case 'function':
      return FUNC_KIND;
    case 'validator':
      return v.function.parameters[0]?.kind ?? TOP_KIND;
    case 'bottom':
      return BOTTOM_KIND;
    case 'struct-marker':
      return STRUCT_KIND;
    case 'list-marker':
      return LIST_KIND;
    case 'vertex':
      return kindOfVertex(v);
  }
}

function kindOfVertex(v: Vertex): Kind {
  if (v.state?.kind === BOTTOM_KIND) return BOTTOM_KIND;
  if (v.base !== undefined && !isCyclePlaceholder(v.base)) return kindOf(v.base);
  return v.state === undefined ? TOP_KIND : v.state.kind;
}
