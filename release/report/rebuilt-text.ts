import type { RebuildRecord } from '../rebuild/rebuild-record.ts';

/** That a second build is equal, and what it had otherwise. */
export function rebuiltText({ compared, varied }: RebuildRecord): string {
  const { outputs, assets, images } = compared;
  const { path, hostname, user, umask, locale, zone, processors, later } = varied;
  const machine = processors === undefined ? '' : `, ${processors} processor`;
  return [
    `Built again, and every byte is equal: ${outputs} outputs, ${assets} assets, ${images} images\n`,
    `  otherwise: ${path} on ${hostname}, user ${user}, umask ${umask}, ${locale}, ${zone}${machine}\n`,
    `  later by ${Math.round(later)} s\n`,
  ].join('');
}
