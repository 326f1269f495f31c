import { LRUCache } from 'lru-cache';
import { DateTime } from 'luxon';
import { isName, LARGEST_AMOUNT } from '../../exchange/accrual/accrual.rules.ts';
import { type Day, dayOf } from '../../kernel/instant.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Field } from './columns.rules.ts';
import type { RowKind } from './reconciliation.ts';

/** A row of a partner's file. */
export interface FileRow {
  readonly kind: RowKind;
  readonly key: string;
  readonly occurredAt: Date;
  readonly day: Day;
  /** As the file names it. */
  readonly member: string | undefined;
  readonly currencyNo: number | undefined;
  /** Points, or minor units of a sale; what reversals and refunds take back is below 0. */
  readonly amount: bigint;
}

/** A row with its number in the file, or why it cannot be read. */
export interface FileLine {
  readonly no: number;
  readonly row: Outcome<FileRow>;
}

export type Cells = Readonly<Partial<Record<Field, string>>>;

/** What rows are read by. */
export interface RowTerms {
  readonly timeZone: string;
  /** The first and the last day that are compared. */
  readonly from: Day;
  readonly to: Day;
  readonly kinds: readonly RowKind[];
  currencyNoOf(code: string): number | undefined;
}

const KINDS: Readonly<Record<string, RowKind>> = {
  ...{ ACCRUAL: 'ACCRUAL', EARN: 'ACCRUAL', EARNED: 'ACCRUAL', ISSUE: 'ACCRUAL' },
  ...{ REVERSAL: 'REVERSAL', RETURN: 'REVERSAL', REVERSED: 'REVERSAL' },
  ...{ REDEMPTION: 'REDEMPTION', BURN: 'REDEMPTION', REDEEM: 'REDEMPTION', SPEND: 'REDEMPTION' },
  ...{ REFUND: 'REFUND', REFUNDED: 'REFUND' },
  ...{ SALE: 'SALE', SALES: 'SALE' },
};
const takesBack = (kind: RowKind): boolean => kind === 'REVERSAL' || kind === 'REFUND';

/** Reads one row after the other. */
export function rowReader(terms: RowTerms): (cells: Cells) => Outcome<FileRow> {
  const momentOf = momentReader(terms.timeZone);
  return (cells) => {
    const given = (field: Field): string => cells[field]?.trim() ?? '';
    if (Object.values(cells).some((cell) => cell.includes('\uFFFD')))
      return invalid('row', 'it has characters that are not UTF-8: save the file as UTF-8');
    const amount = amountOf(given('amount'));
    if ('refused' in amount) return amount;
    const kind = kindOf(given('kind'), amount.done);
    if ('refused' in kind) return kind;
    const key = given('key');
    if (!isName(key)) return invalid('key', 'the key has 1 to 200 characters, and no control characters');
    const moment = momentOf(given('occurredAt'));
    if (moment === undefined)
      return invalid('occurredAt', `"${shortly(given('occurredAt'))}" is not a day such as 2026-01-31, or an instant`);
    const member = given('member');
    if (member !== '' && !isName(member)) return invalid('member', 'the member has at most 200 characters, and no control characters');
    const code = given('currency');
    const currencyNo = code === '' ? undefined : terms.currencyNoOf(code);
    if (code !== '' && currencyNo === undefined) return invalid('currency', `there is no point currency "${shortly(code)}"`);
    if (!terms.kinds.includes(kind.done)) return invalid('kind', `${kind.done} is not compared in this run`);
    const { occurredAt, day } = moment;
    if (day < terms.from || day > terms.to) return invalid('occurredAt', `${day} is not within ${terms.from} to ${terms.to}`);
    const magnitude = amount.done < 0n ? -amount.done : amount.done;
    const row = { kind: kind.done, key, occurredAt, day, member: member === '' ? undefined : member, currencyNo };
    return done({ ...row, amount: takesBack(kind.done) ? -magnitude : amount.done });
  };
}

const shortly = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);

/** Whole numbers only: half a point is a mistake, and is not rounded away. */
function amountOf(text: string): Outcome<bigint> {
  const [, digits] = /^([+-]?\d{1,30})(?:\.0+)?$/.exec(text) ?? [];
  if (digits === undefined) return invalid('amount', `"${shortly(text)}" is not a whole number`);
  const amount = BigInt(digits);
  return amount > LARGEST_AMOUNT || amount < -LARGEST_AMOUNT
    ? invalid('amount', `${shortly(text)} is more than ${LARGEST_AMOUNT}`)
    : done(amount);
}

/** What is not named is an accrual, or below 0 the reversal of one. */
function kindOf(text: string, amount: bigint): Outcome<RowKind> {
  if (text === '') return done(amount < 0n ? 'REVERSAL' : 'ACCRUAL');
  const kind = KINDS[text.toUpperCase()];
  if (kind === undefined) return invalid('kind', `"${shortly(text)}" is none of ACCRUAL, REVERSAL, REDEMPTION, REFUND, SALE`);
  if (amount < 0n && !takesBack(kind)) return invalid('amount', `${kind} is not below 0: what takes back is a REVERSAL or REFUND`);
  return done(kind);
}

const DAY = /^((?:19|2\d)\d{2})[-/]?(\d{2})[-/]?(\d{2})$/;
const INSTANT = /^(?:19|2\d)\d{2}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/** When a row happened, and the day on which that falls. */
type Moment = Pick<FileRow, 'occurredAt' | 'day'>;

/** Reads a day, its first instant in the time zone, or an instant; without an offset in the time zone. Files repeat their days, so those are kept. */
function momentReader(timeZone: string): (text: string) => Moment | undefined {
  const known = new LRUCache<string, Moment>({ max: 5_000 });
  return (text) => {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const day = DAY.exec(text);
    if (day === null && !INSTANT.test(text)) return undefined;
    const parsed = DateTime.fromISO(day === null ? text.replace(' ', 'T') : day.slice(1).join('-'), { zone: timeZone });
    if (!parsed.isValid) return undefined;
    const occurredAt = parsed.toJSDate();
    const moment = { occurredAt, day: dayOf(occurredAt, timeZone) };
    known.set(text, moment);
    return moment;
  };
}
