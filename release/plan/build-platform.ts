import type { Platform } from '../description/document.ts';

/** Where builds run: a root file system is of this platform, whatever is built. */
export const BUILD_PLATFORM: Platform = 'linux/amd64';
