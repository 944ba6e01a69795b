/** Writing a time by a layout. */

import { isFraction, isOffset, MONTHS, readLayout, WEEKDAYS } from './time-layout.ts';
import { addSeconds, dateOfDays, daysOfDate, type Moment } from './time-moment.ts';

/** An offset from UTC in seconds and, where the time has one, the name of its zone. */
export type Zone = { readonly offset: number; readonly name: string };

const digits = (value: number, width: number): string =>
  (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, '0');

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** A time by a layout, as the clocks of the zone show it. */
export function formatTime(moment: Moment, zone: Zone, layout: string): string {
  const { parts, suffix } = readLayout(layout);
  const local = addSeconds(moment, zone.offset);
  return parts.map(({ prefix, token }) => prefix + formatPart(token, local, zone)).join('') + suffix;
}

function formatPart(token: string, local: Moment, zone: Zone): string {
  if (isFraction(token)) return formatFraction(token, local.nanoseconds);
  if (isOffset(token)) return formatOffset(token, zone.offset);
  if (token === 'MST') return zone.name === '' ? formatOffset('-0700', zone.offset) : zone.name;
  return formatDatePart(token, local) ?? formatClockPart(token, local.seconds) ?? token;
}

function formatDatePart(token: string, { days }: Moment): string | undefined {
  const { year, month, day } = dateOfDays(days);
  const weekday = WEEKDAYS[modulo(days + 4, 7)] ?? '';
  const dayOfYear = days - daysOfDate({ year, month: 1, day: 1 }) + 1;
  const monthName = MONTHS[month - 1] ?? '';
  switch (token) {
    case '2006':
      return digits(year, 4);
    case '06':
      return digits(Math.abs(year) % 100, 2);
    case 'January':
      return monthName;
    case 'Jan':
      return monthName.slice(0, 3);
    case '01':
      return digits(month, 2);
    case '1':
      return digits(month, 0);
    case 'Monday':
      return weekday;
    case 'Mon':
      return weekday.slice(0, 3);
    case '02':
      return digits(day, 2);
    case '_2':
      return String(day).padStart(2);
    case '2':
      return digits(day, 0);
    case '002':
      return digits(dayOfYear, 3);
    case '__2':
      return String(dayOfYear).padStart(3);
    default:
      return undefined;
  }
}

function formatClockPart(token: string, secondsOfDay: number): string | undefined {
  const hour = Math.floor(secondsOfDay / 3600);
  const minute = Math.floor(secondsOfDay / 60) % 60;
  const second = secondsOfDay % 60;
  const width = token.startsWith('0') ? 2 : 0;
  switch (token) {
    case '15':
      return digits(hour, 2);
    case '03':
    case '3':
      return digits(hour % 12 === 0 ? 12 : hour % 12, width);
    case '04':
    case '4':
      return digits(minute, width);
    case '05':
    case '5':
      return digits(second, width);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    default:
      return undefined;
  }
}

function formatFraction(token: string, nanoseconds: number): string {
  const places = token.length - 1;
  const trims = token.charAt(1) === '9';
  if (trims && nanoseconds === 0) return '';
  const text = String(nanoseconds).padStart(9, '0').slice(0, places);
  const kept = trims ? text.replace(/0+$/, '') : text;
  return trims && kept === '' ? '' : token.charAt(0) + kept;
}

function formatOffset(token: string, offset: number): string {
  if (token.startsWith('Z') && offset === 0) return 'Z';
  const minutes = Math.trunc(offset / 60);
  const isWest = minutes < 0;
  const colon = token.includes(':') ? ':' : '';
  let text = (isWest ? '-' : '+') + digits(Math.floor(Math.abs(minutes) / 60), 2);
  if (token.length > 3) text += colon + digits(Math.abs(minutes) % 60, 2);
  if (token.length > 6) text += colon + digits((isWest ? -offset : offset) % 60, 2);
  return text;
}
