import { toPublicId } from '../../kernel/ids.ts';
import type { PostingCode } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { asText, csvOf } from './csv.rules.ts';
import { decimalOfMicros } from './decimals.rules.ts';
import type { OutstandingChange } from './deferred-revenue.queries.ts';

/** Columns of a roll-forward: each is added to the opening, with its sign, to give the closing. */
const COLUMNS = [
  'opening',
  'issued',
  'reversed',
  'redeemed',
  'refunded',
  'exchanged_in',
  'exchanged_out',
  'expired',
  'bought_back',
  'revaluation',
] as const;
type Column = (typeof COLUMNS)[number];

/** Which column a posting moves. Those that leave outstanding points as they are move none. */
const COLUMN_OF: Readonly<Partial<Record<PostingCode, Column>>> = {
  'accrual.confirmed': 'issued',
  'accrual.pending_confirmed': 'issued',
  'accrual.reversed': 'reversed',
  'redemption.captured': 'redeemed',
  'redemption.refunded': 'refunded',
  'lot.expired': 'expired',
  'lot.bought_back': 'bought_back',
};

function columnOf({ code, way }: OutstandingChange): Column {
  if (code === null) return 'opening';
  const column = COLUMN_OF[code];
  if (column !== undefined) return column;
  // Exchanges and conversions take lots and open others; one that pays at once takes the points from what it opened.
  if (way === 'OPENED') return 'exchanged_in';
  return way === 'OWN' ? 'redeemed' : 'exchanged_out';
}

const MEASURES = [
  { name: 'POINTS', of: ({ points }: OutstandingChange) => points },
  { name: 'LIABILITY', of: ({ liabilityMicros }: OutstandingChange) => liabilityMicros },
  { name: 'DEFERRED_REVENUE', of: ({ poolMicros }: OutstandingChange) => poolMicros },
] as const;

const HEADER = ['cycle', 'issuer', 'currency', 'measure', 'unit', ...COLUMNS, 'closing'];

/**
 * Opening + issued - redeemed - expired +- revaluation = closing, for each issuer and currency of points: in points, at their redemption
 * elements, and as the money that the pool holds for them. Lots keep the price at which they were issued, so nothing is revalued.
 */
export function deferredRevenueCsv(coalition: Coalition, cycle: Cycle, changes: readonly OutstandingChange[]): string {
  const issuers = Map.groupBy(
    changes,
    ({ issuerId, currencyNo }) => `${coalition.partnerById(issuerId).code} ${coalition.currencyNo(currencyNo).code}`,
  );
  const rows = [...issuers]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, some]) => {
      const [issuer = '', currency = ''] = name.split(' ');
      return MEASURES.map((measure) => {
        const inMoney = measure.name !== 'POINTS';
        const written = (amount: bigint) => (inMoney ? decimalOfMicros(amount) : String(amount));
        const sumOf = (column: Column) =>
          some.filter((change) => columnOf(change) === column).reduce((sum, change) => sum + measure.of(change), 0n);
        const closing = some.reduce((sum, change) => sum + measure.of(change), 0n);
        return [
          ...[toPublicId('ClearingCycle', cycle.id), asText(issuer), asText(currency)],
          ...[measure.name, inMoney ? coalition.program.settlementCurrency : 'points'],
          ...COLUMNS.map((column) => written(sumOf(column))),
          written(closing),
        ];
      });
    });
  return csvOf([HEADER, ...rows]);
}
