import { z } from 'zod';
import type { ExpiryPolicy } from './point-currency.ts';

const LONGEST_MONTHS = 600;
const months = z.int().min(1, 'Points live for a month at least.').max(LONGEST_MONTHS, `Points live for ${LONGEST_MONTHS} months at most.`);

/** A day that every year has: 29 February is none. */
const COMMON_YEAR = 2025;
function isDayOfEveryYear({ month, day }: { month: number; day: number }): boolean {
  const date = new Date(Date.UTC(COMMON_YEAR, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const calendarDay = z
  .object({
    month: z.int().min(1, 'Months are 1 to 12.').max(12, 'Months are 1 to 12.'),
    day: z.int().min(1, 'Days are 1 to 31.').max(31, 'Days are 1 to 31.'),
    yearsAfterEarning: z.int().min(0, 'Years are 0 to 50.').max(50, 'Years are 0 to 50.'),
  })
  .refine(isDayOfEveryYear, { message: 'Every year needs to have this day.', path: ['day'] });

/** When points end, as the API says it: exactly one of the ways. */
export const expiryPolicy = z
  .object({
    never: z.literal(true, 'Say `never: true`, or another way to expire.').optional(),
    rollingMonths: months.optional(),
    calendarYearEnd: calendarDay.optional(),
    slidingMonths: months.optional(),
  })
  .refine((policy) => Object.values(policy).filter((way) => way !== undefined).length === 1, 'Exactly one field is given.')
  .transform(({ rollingMonths, calendarYearEnd, slidingMonths }): ExpiryPolicy => {
    if (rollingMonths !== undefined) return { kind: 'ROLLING', months: rollingMonths };
    if (slidingMonths !== undefined) return { kind: 'SLIDING', months: slidingMonths };
    if (calendarYearEnd !== undefined) return { kind: 'CALENDAR', ...calendarYearEnd };
    return { kind: 'NEVER' };
  });
