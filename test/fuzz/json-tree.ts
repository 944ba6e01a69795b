import type { Json } from '../sigstore/json.ts';

export type JsonObject = { [key: string]: Json | undefined };
export type Path = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own member that is neither absent nor null. */
export function get(value: Json | undefined, ...path: Path): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') current = current[step];
    else if (isObject(current) && typeof step === 'string' && Object.hasOwn(current, step))
      current = current[step];
    else return undefined;
  }
  return current ?? undefined;
}

export function text(value: Json | undefined, ...path: Path): string | undefined {
  const found = get(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function list(value: Json | undefined, ...path: Path): Json[] {
  const found = get(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Sets a member of an existing parent. */
export function set(root: Json, path: Path, value: Json): void {
  const last = path[path.length - 1];
  const parent = get(root, ...path.slice(0, -1));
  if (Array.isArray(parent) && typeof last === 'number') parent[last] = value;
  else if (isObject(parent) && typeof last === 'string') parent[last] = value;
}

export function remove(root: Json, path: Path): void {
  const last = path[path.length - 1];
  const parent = get(root, ...path.slice(0, -1));
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else if (isObject(parent) && typeof last === 'string') Reflect.deleteProperty(parent, last);
}

/** Every value below the root, with its path. */
export function paths(root: Json, prefix: Path = []): Path[] {
  const steps: Path = Array.isArray(root) ? root.keys().toArray() : isObject(root) ? Object.keys(root) : [];
  return steps.flatMap((step) => {
    const path = [...prefix, step];
    const child = get(root, step);
    return child === undefined ? [path] : [path, ...paths(child, path)];
  });
}

/** Where a value stands, list positions left out: `verificationMaterial.tlogEntries.inclusionProof`. */
export function role(path: Path): string {
  return path.filter((step) => typeof step === 'string').join('.');
}
