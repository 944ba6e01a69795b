import type { Io } from '#core/io/io';

/** Milliseconds of silence before a long work speaks, and between its words. */
const INTERVAL = 1000;

export interface Progress {
  /** Called as often as one likes, with the bytes done so far. @param more as `3 of 40 files` */
  readonly step: (bytes: number, more?: string) => void;
  readonly end: () => void;
}

/** A word on standard error for whatever takes over a second. */
export function startProgress(io: Io, what: string): Progress {
  let next = io.now().getTime() + INTERVAL;
  let spoke = false;
  return {
    step: (bytes, more) => {
      const now = io.now().getTime();
      if (now < next) return;
      next = now + INTERVAL;
      spoke = true;
      io.stderr(
        `${what}: ${Math.floor(bytes / (1024 * 1024))} MiB${more === undefined ? '' : `, ${more}`}\n`,
      );
    },
    end: () => {
      if (spoke) io.stderr(`${what}: done\n`);
    },
  };
}
