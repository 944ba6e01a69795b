const RFC3339_UTC = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Milliseconds since 1970 of an RFC 3339 time with `Z`; undefined for anything else, also for 30 February. */
export function parseTime(text: string): number | undefined {
  const match = RFC3339_UTC.exec(text);
  if (match === null) return undefined;
  const seconds = text.slice(0, 19);
  const time = Date.parse(`${seconds}.${(match[7] ?? '').padEnd(3, '0').slice(0, 3)}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(seconds) ? time : undefined;
}
