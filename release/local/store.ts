import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the services keep what must outlive them. */
export interface Store {
  has(name: string): boolean;
  /** A document; undefined where it was never written. */
  read(name: string): Buffer | undefined;
  /** Replaces a document as one step; none but its owner may read it. */
  write(name: string, bytes: Uint8Array): void;
  /** The records of a journal, oldest first. */
  records(name: string): readonly string[];
  /** Adds a record: one line of text. */
  append(name: string, record: string): void;
}

/** Forgets everything when the process ends. */
export function memoryStore(): Store {
  const documents = new Map<string, Buffer>();
  const journals = new Map<string, string[]>();
  return {
    has: (name) => documents.has(name),
    read: (name) => documents.get(name),
    write: (name, bytes) => void documents.set(name, Buffer.from(bytes)),
    records: (name) => journals.get(name) ?? [],
    append: (name, record) => void journals.set(name, [...(journals.get(name) ?? []), record]),
  };
}

/** Files in a folder. A record that was cut off by the end of the process was never answered for, and is dropped. */
export function diskStore(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string): string => join(folder, name);
  const read = (name: string): Buffer | undefined =>
    existsSync(pathOf(name)) ? readFileSync(pathOf(name)) : undefined;
  const write = (name: string, bytes: Uint8Array): void => {
    const path = pathOf(name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.part`, bytes, { mode: 0o600 });
    chmodSync(`${path}.part`, 0o600);
    renameSync(`${path}.part`, path);
  };
  return {
    has: (name) => existsSync(pathOf(name)),
    read,
    write,
    records: (name) => {
      const text = read(name)?.toString('utf8') ?? '';
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      if (whole.length < text.length) write(name, Buffer.from(whole));
      return whole.split('\n').slice(0, -1);
    },
    append: (name, record) => appendFileSync(pathOf(name), `${record}\n`, { mode: 0o600 }),
  };
}
