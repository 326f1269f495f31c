import { type Account, MONEY } from './posting.ts';

/** A member's points of one currency: available, held and pending. */
export const wallet = (memberId: string, unit: number): Account => ({ kind: 'WALLET', owner: memberId, unit });

/** Points a partner has issued, as a negative balance; pending while accruals are. */
export const issuance = (partnerId: string, unit: number): Account => ({ kind: 'ISSUANCE', owner: partnerId, unit });

/** Points burned at a partner. */
export const redeemed = (partnerId: string, unit: number): Account => ({ kind: 'REDEEMED', owner: partnerId, unit });

/** Points of a currency that were exchanged out, less those exchanged in. */
export const exchanged = (unit: number): Account => ({ kind: 'EXCHANGED', unit });

/** Points of a currency that expired. */
export const expired = (unit: number): Account => ({ kind: 'EXPIRED', unit });

/** Money between a partner and the program: + partner receives, - partner pays. */
export const partnerMoney = (partnerId: string): Account => ({ kind: 'PARTNER', owner: partnerId, unit: MONEY });

/** Money held against the outstanding points of one currency. */
export const pool = (currencyNo: number): Account => ({ kind: 'POOL', unit: MONEY, topic: currencyNo });

/** The operator's own money. */
export const operatorMoney: Account = { kind: 'OPERATOR', unit: MONEY };

/** The operator's fees for exchanging points of a currency: its own money, which no clause divides. */
export const exchangeFees = (fromCurrencyNo: number): Account => ({ kind: 'OPERATOR', unit: MONEY, topic: fromCurrencyNo });

/** The spread of exchanges from one currency to another, whole: it is divided when the cycle closes. */
export const spread = (fromCurrencyNo: number, toCurrencyId: string): Account => ({
  kind: 'SPREAD',
  owner: toCurrencyId,
  unit: MONEY,
  topic: fromCurrencyNo,
});

/** Points that a joint promotion has given, as a negative balance; pending while accruals are. */
export const jointPoints = (promotionId: string, unit: number): Account => ({ kind: 'JOINT', owner: promotionId, unit });

/** What the funders of a joint promotion pay for points of a currency, whole, as a negative balance: it is divided when the cycle closes. */
export const jointMoney = (promotionId: string, currencyNo: number): Account => ({
  kind: 'JOINT',
  owner: promotionId,
  unit: MONEY,
  topic: currencyNo,
});

/** Money that a partner has paid for blocks of points it has not issued yet. */
export const prepaid = (partnerId: string, currencyNo: number): Account => ({
  kind: 'PREPAID',
  owner: partnerId,
  unit: MONEY,
  topic: currencyNo,
});

/** Security that a leaving partner has paid for points it funds when they are burned. */
export const deposit = (partnerId: string): Account => ({ kind: 'DEPOSIT', owner: partnerId, unit: MONEY });

/** What the operator's bank holds, as a negative balance. */
export const bank: Account = { kind: 'BANK', unit: MONEY };

/** Parts of a minor unit by which the rounded lines of pools differ from what the pools hold. */
export const rounding: Account = { kind: 'ROUNDING', unit: MONEY };

/** A name under which an account can be kept in a map. */
export const accountKey = (account: Account): string => `${account.kind}:${account.owner ?? ''}:${account.unit}:${account.topic ?? ''}`;
