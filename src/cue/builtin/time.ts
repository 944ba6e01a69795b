/** Package time. The machine's own zone is taken to be UTC, as there is no clock here. */

import { BOOL_KIND, INT_KIND, STRING_KIND, STRUCT_KIND } from '../value/kind.ts';
import { BuiltinError, type BuiltinCall, type BuiltinPackage, type ResultStruct } from './builtin.ts';
import { define } from './define.ts';
import { int64 } from './integer-argument.ts';
import { formatDuration, parseDuration } from './time-duration.ts';
import { formatTime } from './time-format.ts';
import { MONTHS, readLayout, RFC3339, RFC3339_NANO, WEEKDAYS } from './time-layout.ts';
import { addSeconds, dateOfDays, momentOfUnix, type Moment } from './time-moment.ts';
import { parseTime } from './time-parse.ts';

const TEXT = [STRING_KIND] as const;
const TEXTS = [STRING_KIND, STRING_KIND] as const;

const inUtc = (moment: Moment): string => formatTime(moment, { offset: 0, name: 'UTC' }, RFC3339_NANO);

function isTime(value: string, layout: string): boolean {
  try {
    parseTime(layout, value);
    return true;
  } catch (error) {
    if (error instanceof BuiltinError)
      throw new BuiltinError(`invalid time ${JSON.stringify(value.slice(0, 80))}`);
    throw error;
  }
}

function formatString(call: BuiltinCall): string {
  const [layout, value] = [call.string(0), call.string(1)];
  const { moment, zone } = parseTime(RFC3339_NANO, value);
  if (!value.endsWith('Z') && readLayout(layout).parts.some(({ token }) => token === 'MST')) {
    // an offset is named where it is that of the machine
    throw new BuiltinError('the name of a zone that is not UTC', 'unsupported');
  }
  return formatTime(moment, zone, layout);
}

function split(call: BuiltinCall): ResultStruct {
  const { moment, zone } = parseTime(RFC3339_NANO, call.string(0));
  const { days, seconds, nanoseconds } = addSeconds(moment, zone.offset);
  const { year, month, day } = dateOfDays(days);
  const parts = {
    year,
    month,
    day,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nanosecond: nanoseconds,
  };
  return { struct: new Map(Object.entries(parts).map(([name, value]) => [name, BigInt(value)])) };
}

const numbered = (names: readonly string[], first: number): readonly (readonly [string, string])[] =>
  names.map((name, i) => [name, String(first + i)]);

const LAYOUTS = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339,
  RFC3339Nano: RFC3339_NANO,
  RFC3339Date: '2006-01-02',
  Kitchen: '3:04PM',
  Kitchen24: '15:04',
};

export const time: BuiltinPackage = {
  path: 'time',
  constants: {
    Nanosecond: '1',
    Microsecond: '1000',
    Millisecond: '1000000',
    Second: '1000000000',
    Minute: '60000000000',
    Hour: '3600000000000',
    ...Object.fromEntries(Object.entries(LAYOUTS).map(([name, layout]) => [name, JSON.stringify(layout)])),
    ...Object.fromEntries([...numbered(MONTHS, 1), ...numbered(WEEKDAYS, 0)]),
  },
  functions: [
    define('Duration', TEXT, BOOL_KIND, (c) => {
      parseDuration(c.string(0));
      return true;
    }),
    define('FormatDuration', [INT_KIND], STRING_KIND, (c) => formatDuration(int64(c, 0))),
    define('ParseDuration', TEXT, INT_KIND, (c) => parseDuration(c.string(0))),
    define('Time', TEXT, BOOL_KIND, (c) => isTime(c.string(0), RFC3339_NANO)),
    define('Format', TEXTS, BOOL_KIND, (c) => isTime(c.string(0), c.string(1))),
    define('FormatString', TEXTS, STRING_KIND, formatString),
    define('Parse', TEXTS, STRING_KIND, (c) => inUtc(parseTime(c.string(0), c.string(1)).moment)),
    define('Unix', [INT_KIND, INT_KIND], STRING_KIND, (c) => inUtc(momentOfUnix(int64(c, 0), int64(c, 1)))),
    define('Split', TEXT, STRUCT_KIND, split),
  ],
};
