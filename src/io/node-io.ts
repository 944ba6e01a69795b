import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { nodeFiles, pause } from './files.ts';
import type { Io } from './io.ts';
import { fetchTufTarget } from './tuf.ts';

/**
 * The real world: this machine's files, clock, environment and network.
 * @param seeds the seeds of @sigstore/tuf, for an executable that carries them; else they are read from its package
 */
export function nodeIo(seeds?: () => Uint8Array): Io {
  return {
    files: nodeFiles(process.cwd()),
    stdout: (text) => writeAll(1, text),
    stderr: (text) => writeAll(2, text),
    now: () => new Date(),
    env: process.env,
    seeds: seeds ?? (() => readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'))),
    tuf: fetchTufTarget,
    network: async () => (await import('./network.ts')).nodeNetwork(process.env),
  };
}

/** Everything, or an end of the process: whoever closed the pipe needs no more. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw cause;
      pause(2);
    }
  }
}
