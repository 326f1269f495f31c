import { z } from 'zod';
import { isCurrencyCode } from '../../../kernel/money.ts';
import { wordUpTo } from '../../text.ts';

/** Parts of which the parameters of clauses are made. Whole numbers come as bigint from the API and as decimal strings from storage. */

const MAX_POINTS = 2n ** 53n - 1n;
const MAX_MICROS = 10n ** 12n;
const MAX_MINOR = 10n ** 15n;

function wholeBetween(min: number, max: number, what: string) {
  const message = `${what} between ${min} and ${max}.`;
  return z.int({ error: message }).min(min, message).max(max, message);
}

function bigBetween(min: bigint, max: bigint, what: string) {
  const message = `${what} between ${min} and ${max}.`;
  return z.coerce.bigint<bigint | string | number>({ error: message }).min(min, message).max(max, message);
}

export const bps = wholeBetween(0, 10_000, 'Basis points are');
export const days = wholeBetween(0, 3_650, 'Days are');
export const months = wholeBetween(0, 120, 'Months are');
export const seconds = wholeBetween(1, 86_400, 'Seconds are');
export const points = bigBetween(0n, MAX_POINTS, 'Points are');
export const somePoints = bigBetween(1n, MAX_POINTS, 'Points are');
export const micros = bigBetween(0n, MAX_MICROS, 'Micros per point are');
export const weight = bigBetween(0n, MAX_MINOR, 'A weight is');
export const instant = z.coerce.date<Date | string>({ error: 'An instant is needed.' });

/** The code of a partner or point currency; whether it exists is checked with the coalition at hand. */
export const code = wordUpTo(64, 'A code').min(1, 'A code is needed.');

/** Names that follow each other without repetition; at least one. */
export function someOf<Item extends z.ZodType<string>>(item: Item) {
  return z
    .array(item)
    .min(1, 'At least one is named.')
    .refine((items) => new Set(items).size === items.length, 'Nothing is named twice.');
}

export const amount = z.object({
  minor: bigBetween(0n, MAX_MINOR, 'An amount is'),
  currency: z.string().refine(isCurrencyCode, 'A currency code of ISO 4217 is needed.'),
});

const term = bigBetween(1n, 10n ** 12n, 'A term of a ratio is');
export const ratio = z.object({ numerator: term, denominator: term });

export const partnerWeight = z.object({ partner: code, weight });
export type PartnerWeight = z.infer<typeof partnerWeight>;
