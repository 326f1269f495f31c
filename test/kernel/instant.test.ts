import fc from 'fast-check';
import { calendarDate, dayOf, isTimeZone, plusDays, plusMonths, startOfDay, startOfNextMonth } from '../../src/kernel/instant.ts';

const at = (text: string): Date => new Date(text);
const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'Asia/Kathmandu', 'UTC');
const instant = fc.date({ min: at('2000-01-01T00:00:00Z'), max: at('2099-12-31T00:00:00Z'), noInvalidDate: true });

test('a day begins at its first instant, and the instant before is the day before', () => {
  fc.assert(
    fc.property(instant, zone, (now, timeZone) => {
      const day = dayOf(now, timeZone);
      const start = startOfDay(day, timeZone);
      expect(start <= now).toBe(true);
      expect(dayOf(start, timeZone)).toBe(day);
      expect(dayOf(new Date(start.getTime() - 1), timeZone) < day).toBe(true);
    }),
  );
});

test('the next month begins after the instant, on a first at midnight', () => {
  fc.assert(
    fc.property(instant, zone, (now, timeZone) => {
      const next = startOfNextMonth(now, timeZone);
      expect(next > now).toBe(true);
      expect(dayOf(next, timeZone)).toMatch(/-01$/);
      expect(dayOf(new Date(next.getTime() - 1), timeZone).slice(0, 7)).toBe(dayOf(now, timeZone).slice(0, 7));
    }),
  );
});

test.each([
  ['2026-01-31T16:00:00Z', 'Asia/Shanghai', '2026-02-28T16:00:00.000Z'],
  ['2026-01-31T15:59:59.999Z', 'Asia/Shanghai', '2026-01-31T16:00:00.000Z'],
  ['2026-03-15T12:00:00Z', 'Europe/Berlin', '2026-03-31T22:00:00.000Z'],
  ['2026-12-31T23:00:00Z', 'UTC', '2027-01-01T00:00:00.000Z'],
])('from %s in %s the next month begins at %s', (now, timeZone, expected) => {
  expect(startOfNextMonth(at(now), timeZone).toISOString()).toBe(expected);
});

test.each([
  ['2026-01-31T04:00:00Z', 1, '2026-02-28T04:00:00.000Z'],
  ['2024-01-31T04:00:00Z', 1, '2024-02-29T04:00:00.000Z'],
  ['2026-01-31T04:00:00Z', 12, '2027-01-31T04:00:00.000Z'],
  ['2024-02-29T04:00:00Z', 12, '2025-02-28T04:00:00.000Z'],
  ['2026-11-30T04:00:00Z', 3, '2027-02-28T04:00:00.000Z'],
])('%s plus %s months is %s: the 31st becomes the last day of a shorter month', (from, months, expected) => {
  expect(plusMonths(at(from), months, 'Asia/Shanghai').toISOString()).toBe(expected);
});

test('days and months keep the time on the clock when summer time begins in between', () => {
  expect(plusDays(at('2026-03-28T11:00:00Z'), 1, 'Europe/Berlin').toISOString()).toBe('2026-03-29T10:00:00.000Z');
  expect(plusMonths(at('2026-03-01T11:00:00Z'), 1, 'Europe/Berlin').toISOString()).toBe('2026-04-01T10:00:00.000Z');
});

test('a calendar date counts from the year in the program time zone', () => {
  expect(calendarDate(at('2026-12-31T16:30:00Z'), 3, 31, 1, 'Asia/Shanghai').toISOString()).toBe('2028-03-30T16:00:00.000Z');
  expect(calendarDate(at('2026-12-31T15:30:00Z'), 3, 31, 1, 'Asia/Shanghai').toISOString()).toBe('2027-03-30T16:00:00.000Z');
});

test('time zones are those of the IANA database', () => {
  expect(['Asia/Shanghai', 'UTC', 'Europe/Berlin'].every(isTimeZone)).toBe(true);
  expect(['Asia/Nowhere', '', 'Mars'].some(isTimeZone)).toBe(false);
});
