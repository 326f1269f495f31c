import { DateTime } from 'luxon';

/** A calendar day in the program's time zone, written YYYY-MM-DD. */
export type Day = string;

/** The day on which an instant falls in a time zone. */
export function dayOf(instant: Date, timeZone: string): Day {
  return DateTime.fromJSDate(instant, { zone: timeZone }).toISODate() as Day;
}

/** The first instant of a day in a time zone. */
export function startOfDay(day: Day, timeZone: string): Date {
  return DateTime.fromISO(day, { zone: timeZone }).startOf('day').toJSDate();
}

/** The first instant of the month after the one in which the instant falls. */
export function startOfNextMonth(instant: Date, timeZone: string): Date {
  return DateTime.fromJSDate(instant, { zone: timeZone }).startOf('month').plus({ months: 1 }).toJSDate();
}

/** The same wall-clock time a number of calendar months later; the 31st becomes the last day of a shorter month. */
export function plusMonths(instant: Date, months: number, timeZone: string): Date {
  return DateTime.fromJSDate(instant, { zone: timeZone }).plus({ months }).toJSDate();
}

/** The same wall-clock time a number of calendar days later. */
export function plusDays(instant: Date, days: number, timeZone: string): Date {
  return DateTime.fromJSDate(instant, { zone: timeZone }).plus({ days }).toJSDate();
}

/** The first instant of month/day, a number of calendar years after the year of the instant. */
export function calendarDate(instant: Date, month: number, day: number, yearsAfter: number, timeZone: string): Date {
  const year = DateTime.fromJSDate(instant, { zone: timeZone }).year + yearsAfter;
  return DateTime.fromObject({ year, month, day }, { zone: timeZone }).toJSDate();
}

/** The day a number of calendar days later. */
export function daysAfter(day: Day, days: number): Day {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toISODate() as Day;
}

/** Calendar days from one day to another; negative when the second is the earlier one. */
export function daysBetween(from: Day, to: Day): number {
  return DateTime.fromISO(to, { zone: 'utc' }).diff(DateTime.fromISO(from, { zone: 'utc' }), 'days').days;
}

/** Whether the IANA time zone is known here. */
export function isTimeZone(value: string): boolean {
  return DateTime.local({ zone: value }).isValid;
}
