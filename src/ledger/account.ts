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

/** A name under which an account can be kept in a map. */
export const accountKey = (account: Account): string => `${account.kind}:${account.owner ?? ''}:${account.unit}:${account.topic ?? ''}`;
