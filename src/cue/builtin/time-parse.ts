/** Reading a time by a layout, with all that Go's time.Parse lets pass. */

import { BuiltinError } from './builtin.ts';
import type { Zone } from './time-format.ts';
import { isFraction, isOffset, MONTHS, readLayout, WEEKDAYS } from './time-layout.ts';
import { addSeconds, daysInMonth, daysOfDate, isLeapYear, type Moment } from './time-moment.ts';
import { TimeReader } from './time-reader.ts';

export type ParsedTime = { readonly moment: Moment; readonly zone: Zone };

type Fields = {
  year: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  isMorning?: boolean;
  isAfternoon?: boolean;
  utc?: true;
  offset?: number;
  zoneName: string;
};

const UTC: Zone = { offset: 0, name: 'UTC' };

/** @throws BuiltinError where the text does not fit the layout or is no time. */
export function parseTime(layout: string, value: string): ParsedTime {
  const { parts, suffix } = readLayout(layout);
  const reader = new TimeReader(value);
  const fields: Fields = { year: 0, hour: 0, minute: 0, second: 0, nanoseconds: 0, zoneName: '' };
  for (const [i, { prefix, token }] of parts.entries()) {
    reader.skip(prefix);
    readPart(reader, token, fields);
    const next = parts[i + 1]?.token;
    if ((token === '5' || token === '05') && (next === undefined || !isFraction(next))) {
      fields.nanoseconds = reader.unexpectedFraction() ?? fields.nanoseconds;
    }
  }
  reader.skip(suffix);
  reader.expectEnd();
  return assemble(fields);
}

function readPart(reader: TimeReader, token: string, fields: Fields): void {
  if (isFraction(token)) fields.nanoseconds = reader.fraction(token) ?? fields.nanoseconds;
  else if (isOffset(token)) readOffset(reader, token, fields);
  else if (token === 'MST') readZoneName(reader, fields);
  else if (!readDatePart(reader, token, fields)) readClockPart(reader, token, fields);
}

function readDatePart(reader: TimeReader, token: string, fields: Fields): boolean {
  switch (token) {
    case '06': {
      const year = reader.signedInteger(2);
      fields.year = year >= 69 ? year + 1900 : year + 2000;
      return true;
    }
    case '2006':
      fields.year = reader.longYear();
      return true;
    case 'January':
      fields.month = reader.nameOf(MONTHS, Infinity) + 1;
      return true;
    case 'Jan':
      fields.month = reader.nameOf(MONTHS, 3) + 1;
      return true;
    case '1':
    case '01':
      fields.month = reader.inRange(reader.twoDigits(token === '01'), 1, 12);
      return true;
    case 'Monday':
      reader.nameOf(WEEKDAYS, Infinity);
      return true;
    case 'Mon':
      reader.nameOf(WEEKDAYS, 3);
      return true;
    case '2':
    case '_2':
    case '02':
      if (token === '_2') reader.optionalSpaces(1);
      fields.day = reader.twoDigits(token === '02');
      return true;
    case '__2':
    case '002':
      if (token === '__2') reader.optionalSpaces(2);
      fields.dayOfYear = reader.threeDigits(token === '002');
      return true;
    default:
      return false;
  }
}

function readClockPart(reader: TimeReader, token: string, fields: Fields): void {
  switch (token) {
    case '15':
      fields.hour = reader.inRange(reader.twoDigits(false), 0, 23);
      return;
    case '3':
    case '03':
      fields.hour = reader.inRange(reader.twoDigits(token === '03'), 0, 12);
      return;
    case '4':
    case '04':
      fields.minute = reader.inRange(reader.twoDigits(token === '04'), 0, 59);
      return;
    case '5':
    case '05':
      fields.second = reader.inRange(reader.twoDigits(token === '05'), 0, 59);
      return;
    case 'PM':
      setHalf(fields, reader.oneOf(['AM', 'PM']) === 'AM');
      return;
    default:
      setHalf(fields, reader.oneOf(['am', 'pm']) === 'am');
  }
}

/** A layout may name the half of the day more than once: each that was read counts. */
function setHalf(fields: Fields, isMorning: boolean): void {
  if (isMorning) fields.isMorning = true;
  else fields.isAfternoon = true;
}

function readOffset(reader: TimeReader, token: string, fields: Fields): void {
  if (token.startsWith('Z') && reader.optional('Z')) fields.utc = true;
  else fields.offset = reader.offset(token);
}

function readZoneName(reader: TimeReader, fields: Fields): void {
  if (reader.optional('UTC')) fields.utc = true;
  else fields.zoneName = reader.zoneName();
}

function assemble(fields: Fields): ParsedTime {
  const { month, day } = dateOf(fields);
  if (day < 1 || day > daysInMonth(month, fields.year)) throw new BuiltinError('day out of range');
  const moment: Moment = {
    days: daysOfDate({ year: fields.year, month, day }),
    seconds: (hourOf(fields) * 60 + fields.minute) * 60 + fields.second,
    nanoseconds: fields.nanoseconds,
  };
  if (fields.utc) return { moment, zone: UTC };
  // An offset of one second west counts as none.
  if (fields.offset !== undefined && fields.offset !== -1) {
    const isUtc = fields.offset === 0 && (fields.zoneName === '' || fields.zoneName === 'UTC');
    return {
      moment: addSeconds(moment, -fields.offset),
      zone: isUtc ? UTC : { offset: fields.offset, name: fields.zoneName },
    };
  }
  return { moment, zone: fields.zoneName === '' ? UTC : { offset: 0, name: fields.zoneName } };
}

function hourOf({ hour, isMorning, isAfternoon }: Fields): number {
  if (isAfternoon && hour < 12) return hour + 12;
  return isMorning && hour === 12 ? 0 : hour;
}

function dateOf({ year, month, day, dayOfYear }: Fields): { month: number; day: number } {
  if (dayOfYear === undefined) return { month: month ?? 1, day: day ?? 1 };
  const length = isLeapYear(year) ? 366 : 365;
  if (dayOfYear < 1 || dayOfYear > length) throw new BuiltinError('day-of-year out of range');
  let rest = dayOfYear;
  let found = 1;
  while (rest > daysInMonth(found, year)) rest -= daysInMonth(found++, year);
  if (month !== undefined && month !== found) throw new BuiltinError('day-of-year does not match month');
  if (day !== undefined && day !== rest) throw new BuiltinError('day-of-year does not match day');
  return { month: found, day: rest };
}
