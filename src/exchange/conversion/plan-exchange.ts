import { newId } from '../../kernel/ids.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import type { OpenedLot } from '../../ledger/posting.ts';
import type { ExchangedLot, ExchangeFacts } from '../../ledger/postings/exchange.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { expiryOf, LARGEST_MICROS } from '../accrual/accrual.rules.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { insertExchanges } from './exchange.queries.ts';
import type { Exchange, ExchangeTerms } from './exchange.ts';
import type { Pair } from './exchange-terms.rules.ts';
import { addUsage } from './usage.queries.ts';

interface DecidedExchange extends Pair {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly memberId: string;
  readonly partnerId: string | undefined;
  readonly quoteId: string | undefined;
  readonly redemptionId: string | undefined;
  /** With what points of both sides are worth now. */
  readonly terms: ExchangeTerms;
  readonly debited: bigint;
  readonly credited: bigint;
  readonly fromWallet: Wallet;
  readonly toWallet: Wallet;
}

/** An exchange ready to be posted, in whatever cycle it counts: what leaves, lot by lot, and the one lot that comes. */
export interface PlannedExchange {
  readonly exchange: Omit<Exchange, 'cycle'>;
  readonly facts: ExchangeFacts;
  readonly debited: readonly ExchangedLot[];
  readonly credited: OpenedLot;
}

/**
 * Takes the points from the lots, the earliest to expire first, and reckons what becomes of their value at the prices of now: each lot gives
 * what its own issuer agreed to, and the spread takes the difference to what is received.
 */
export async function planExchange(tx: Tx, decided: DecidedExchange): Promise<Outcome<PlannedExchange>> {
  const { coalition, now, from, to, terms, fromWallet, toWallet, memberId, partnerId } = decided;
  const lots = await readSpendableLots(tx, [fromWallet.accountId], now);
  const taken = takeFromLots(lots, decided.debited);
  if (taken === undefined) {
    const available = lots.reduce((sum, lot) => sum + lot.available, 0n);
    return refused('INSUFFICIENT_POINTS', `${available} points can be exchanged, fewer than ${decided.debited}.`, {
      details: { available: Number(available), required: Number(decided.debited) },
    });
  }
  const debited = taken.map(({ lot, points }) => ({
    lotId: lot.id,
    issuer: lot.issuer,
    points,
    redemptionMicros: redemptionElement(coalition, from, lot, now),
    fundedMicros: lot.fundedMicros,
  }));
  const credited: OpenedLot = {
    id: newId(),
    wallet: toWallet.account,
    issuer: terms.toIssuer,
    origin: 'EXCHANGE',
    earnedAt: now,
    expiresAt: expiryOf(to, now, coalition.program.timeZone),
    points: decided.credited,
    redemptionMicros: terms.toMicros,
    fundedMicros: terms.toMicros,
  };
  const feeMicros = terms.feePoints * terms.fromMicros;
  const valueOut = debited.reduce((sum, lot) => sum + lot.points * lot.redemptionMicros, 0n);
  const valueIn = decided.credited * terms.toMicros;
  if ([valueOut, valueIn, feeMicros].some((micros) => micros > LARGEST_MICROS))
    return refused('VALIDATION', 'At the prices of now these points are worth more than one exchange can be.');
  const exchange = {
    id: newId(),
    memberId,
    partnerId,
    quoteId: decided.quoteId,
    redemptionId: decided.redemptionId,
    fromNo: from.no,
    toNo: to.no,
    debited: decided.debited,
    credited: decided.credited,
    feePoints: terms.feePoints,
    feeMicros,
    spreadMicros: valueOut - valueIn - feeMicros,
    recordedAt: now,
    lotId: credited.id,
  };
  const facts: ExchangeFacts = {
    reference: exchange.id,
    memberId,
    partnerId,
    fromCurrencyNo: from.no,
    toCurrencyNo: to.no,
    toCurrencyId: to.id,
    occurredAt: now,
    feeMicros,
  };
  return done({ exchange, facts, debited, credited });
}

/** Keeps an exchange that was posted, and counts it. */
export async function storeExchange(tx: Tx, exchange: Exchange): Promise<void> {
  await Promise.all([insertExchanges(tx, [exchange]), addUsage(tx, [exchange])]);
}
