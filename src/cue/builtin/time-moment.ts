/** Points in time: the proleptic Gregorian calendar without leap seconds, as Go has it. */

const SECONDS_PER_DAY = 86_400;

/** Days since 1970-01-01, seconds of the day, nanoseconds of the second: all of UTC. */
export type Moment = { readonly days: number; readonly seconds: number; readonly nanoseconds: number };

export type CalendarDate = { readonly year: number; readonly month: number; readonly day: number };

/** From the first of March of year 0 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;
const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export const daysInMonth = (month: number, year: number): number => {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
};

/** Days since 1970-01-01: years begin in March, so that the leap day is their last. */
export function daysOfDate({ year, month, day }: CalendarDate): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / YEARS_PER_ERA);
  const yearOfEra = marchYear - era * YEARS_PER_ERA;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
}

export function dateOfDays(days: number): CalendarDate {
  const sinceMarch = days + DAYS_TO_1970;
  const era = Math.floor(sinceMarch / DAYS_PER_ERA);
  const dayOfEra = sinceMarch - era * DAYS_PER_ERA;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / (DAYS_PER_ERA - 1));
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

/** A moment some seconds later. */
export function addSeconds(moment: Moment, seconds: number): Moment {
  const total = moment.seconds + seconds;
  const days = Math.floor(total / SECONDS_PER_DAY);
  return { ...moment, days: moment.days + days, seconds: total - days * SECONDS_PER_DAY };
}

/** Seconds from the runtime's earliest year to 1970: its clock is 64 bits wide and wraps there. */
const CLOCK_TO_1970 = (292_277_022_400n / 400n) * 146_097n * 86_400n + 719_468n * 86_400n;

/** Go's time.Unix of any two signed 64-bit integers. */
export function momentOfUnix(seconds: bigint, nanoseconds: bigint): Moment {
  const carry = nanoseconds / 1_000_000_000n - (nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  const clock = BigInt.asUintN(64, seconds + carry + CLOCK_TO_1970);
  return {
    days: Number(clock / 86_400n - CLOCK_TO_1970 / 86_400n),
    seconds: Number(clock % 86_400n),
    nanoseconds: Number(nanoseconds - carry * 1_000_000_000n),
  };
}
