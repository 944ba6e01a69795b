/**
 * A field's label in one string: its first character tells the type. `s` a regular string label, `i` a list index,
 * `d` a definition (#A), `h` a hidden field (_a), `H` a hidden definition (_#A), `l` a let clause (made unique).
 * Hidden names carry their package: `_a` of package p is `h_a\0p`.
 */
export type Label = string;

/** No label: `_`, or the root. */
export const NO_LABEL: Label = '';

export const stringLabel = (name: string): Label => `s${name}`;
export const indexLabel = (index: number): Label => `i${index}`;
export const letLabel = (name: string, serial: number): Label => `l${name}\0${serial}`;

/** The label of an identifier in label position; hidden names belong to a package. */
export const identLabel = (name: string, packageName: string): Label => {
  if (name === '_') return NO_LABEL;
  if (name.startsWith('_#')) return `H${name}\0${packageName}`;
  if (name.startsWith('#')) return `d${name}`;
  if (name.startsWith('_')) return `h${name}\0${packageName}`;
  return `s${name}`;
};

const STRING = 's'.charCodeAt(0);
const INDEX = 'i'.charCodeAt(0);
const DEFINITION = 'd'.charCodeAt(0);
const HIDDEN = 'h'.charCodeAt(0);
const HIDDEN_DEFINITION = 'H'.charCodeAt(0);
const LET = 'l'.charCodeAt(0);

export const isString = (label: Label): boolean => label.charCodeAt(0) === STRING;
export const isIndex = (label: Label): boolean => label.charCodeAt(0) === INDEX;
export const isLet = (label: Label): boolean => label.charCodeAt(0) === LET;

export const isRegular = (label: Label): boolean => {
  const type = label.charCodeAt(0);
  return type === STRING || type === INDEX;
};

export const isDefinition = (label: Label): boolean => {
  const type = label.charCodeAt(0);
  return type === DEFINITION || type === HIDDEN_DEFINITION;
};

export const isHidden = (label: Label): boolean => {
  const type = label.charCodeAt(0);
  return type === HIDDEN || type === HIDDEN_DEFINITION;
};

/** Definitions, hidden fields and lets are never refused by a closed struct. */
export const allowedInClosed = (label: Label): boolean => !isRegular(label) && label !== NO_LABEL;

/** The name without its package or serial number. */
export const labelName = (label: Label): string => {
  const end = label.indexOf('\0');
  return isString(label) || end < 0 ? label.slice(1) : label.slice(1, end);
};

export const labelIndex = (label: Label): number => Number(label.slice(1));

/** How a path shows it: quoted where it is no identifier. */
export const labelText = (label: Label): string => {
  const name = labelName(label);
  return isString(label) && !/^[A-Za-z$][\w$]*$/.test(name) ? JSON.stringify(name) : name;
};
