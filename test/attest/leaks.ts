import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files below a folder that hold one of the texts, or the parts of a token. */
export function filesWith(folder: string, secrets: readonly string[]): readonly string[] {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split('.')])
    .filter(({ length }) => length > 20);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(folder, name);
    if (!statSync(file).isFile()) return false;
    const text = readFileSync(file, 'latin1');
    return parts.some((part) => text.includes(part));
  });
}

/** Entries in a log of the local services. */
export async function logSize(url: string, rekor: 1 | 2): Promise<number> {
  const answer = await fetch(rekor === 1 ? `${url}/api/v1/log` : `${url}/api/v2/checkpoint`);
  const text = await answer.text();
  const [, size] = (rekor === 1 ? /"treeSize":(\d+)/ : /\n(\d+)\n/).exec(text) ?? [];
  if (size === undefined) throw new Error(`no size in ${text.slice(0, 200)}`);
  return Number(size);
}
