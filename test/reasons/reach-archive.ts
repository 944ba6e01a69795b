import type { Entry } from '../../release/archive/entry.ts';
import { unpacked } from '../../release/archive/gzip.ts';
import { bytesOf, END, entriesOf, file, header, link, pieces, tarOf } from '../archive/tar.ts';
import { thrown, type Reach, type Reaches } from './reach.ts';

const writing =
  (...entries: readonly Entry[]): Reach =>
  async () =>
    thrown(async () => tarOf(...entries));
const reading =
  (...blocks: readonly Buffer[]): Reach =>
  async () =>
    thrown(async () => entriesOf(pieces(Buffer.concat([...blocks, END]))));

/** Codes that tell of archives. */
export const archiveReaches = {
  ARCHIVE_INVALID: reading(header().fill('b', 0, 1)),
  ARCHIVE_PACKING_UNSUPPORTED: async () =>
    thrown(async () => bytesOf(unpacked(pieces(Buffer.from('BZh91AY')), 'a.tar.bz2'))),
  ARCHIVE_ENTRY_UNSUPPORTED: reading(header([156, '6'])),
  ARCHIVE_PATH_UNSAFE: writing(file('../a')),
  ARCHIVE_LINK_UNSAFE: async () => thrown(async () => entriesOf(pieces(await tarOf(link('l', '/etc'))))),
  ARCHIVE_DUPLICATE: writing(file('a'), file('a')),
} satisfies Reaches;
