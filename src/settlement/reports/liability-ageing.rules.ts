import { plusMonths } from '../../kernel/instant.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import type { AgedPoints } from './liability-ageing.queries.ts';

/** Ages in months of program time, the oldest first: as many as there are cuts, and one more. */
const LABELS = ['12+', '6-12', '3-6', '0-3'] as const;
const MONTHS = [12, 6, 3] as const;

/** When points were earned that come to be so many months old: of the first age, those that were earned at the first instant or before it. */
export function agesAt(at: Date, timeZone: string): Date[] {
  // What was earned exactly so long ago has reached the age, and the cut lies behind it.
  return MONTHS.map((months) => new Date(plusMonths(at, -months, timeZone).getTime() + 1));
}

/** Outstanding points of one currency, the youngest first. */
export interface Ageing {
  readonly currency: PointCurrency;
  readonly buckets: readonly { readonly label: string; readonly points: bigint; readonly micros: bigint }[];
}

/** The ages of outstanding points of every currency, in the order of currencies; of some only, where just these are asked for. */
export function ageingOf({ currencies }: Coalition, aged: readonly AgedPoints[], onlyFound: boolean): Ageing[] {
  return currencies
    .filter(({ no }) => !onlyFound || aged.some(({ currencyNo }) => currencyNo === no))
    .toSorted((a, b) => a.no - b.no)
    .map((currency) => ({
      currency,
      buckets: LABELS.map((label, age) => {
        const found = aged.find((one) => one.currencyNo === currency.no && one.age === age);
        return { label, points: found?.points ?? 0n, micros: found?.micros ?? 0n };
      }).toReversed(),
    }));
}
