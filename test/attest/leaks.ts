import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** JSON Web Tokens: two JSON objects and a signature in base64. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]{20,}/;

/** Whether a text holds an identity token. */
export const hasToken = (text: string): boolean => TOKEN.test(text);

/** Files below a folder that hold an identity token, any one. */
export function filesWithTokens(folder: string): readonly string[] {
  return filesIn(folder).filter((name) => hasToken(readFileSync(path.join(folder, name), 'latin1')));
}

/** Files below a folder that hold one of the texts, or the parts of a token. */
export function filesWith(folder: string, secrets: readonly string[]): readonly string[] {
  const parts = secrets
    .flatMap((secret) => [secret, ...secret.split('.')])
    .filter(({ length }) => length > 20);
  return filesIn(folder).filter((name) => {
    const text = readFileSync(path.join(folder, name), 'latin1');
    return parts.some((part) => text.includes(part));
  });
}

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(path.join(folder, name)).isFile());
}

/** Entries in a log of the local services. */
export async function logSize(url: string, rekor: 1 | 2): Promise<number> {
  const answer = await fetch(rekor === 1 ? `${url}/api/v1/log` : `${url}/api/v2/checkpoint`);
  const text = await answer.text();
  const [, size] = (rekor === 1 ? /"treeSize":(\d+)/ : /\n(\d+)\n/).exec(text) ?? [];
  if (size === undefined) throw new Error(`no size in ${text.slice(0, 200)}`);
  return Number(size);
}
