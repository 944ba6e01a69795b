import type { BuildRecord } from '../build/build-record.ts';

/** What was built, for people. */
export function builtText({ steps, outputs, assets, images, sandbox }: BuildRecord): string {
  return [
    `Built without a network (${sandbox.mechanism}, ${sandbox.version}): ${steps.length} steps, ${outputs.length} outputs\n`,
    ...assets.map(({ name, sha256 }) => `  ${name}\n    sha256:${sha256}\n`),
    ...images.map(({ references, digest }) => `  ${references.join('\n  ')}\n    ${digest}\n`),
  ].join('');
}
