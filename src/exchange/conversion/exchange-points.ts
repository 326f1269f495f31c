import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import { postDecided } from '../../ledger/post.ts';
import { exchangeCompleted } from '../../ledger/postings/exchange.ts';
import { balanceAfter, lockWallets, type Wallet, type WalletBalance } from '../../ledger/wallets.ts';
import { readMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';
import { keepBalance, restoreBalance } from '../wallets/kept-balance.ts';
import { checkMembersCaps, countInCycle } from './check-caps.ts';
import { readExchanges } from './exchange.queries.ts';
import type { Exchange, ExchangeQuote } from './exchange.ts';
import { grantExchange } from './exchange-terms.rules.ts';
import { planExchange, storeExchange } from './plan-exchange.ts';
import { findQuotes, lockQuotes, markExecuted } from './quotes.queries.ts';

export interface ExchangeCommand {
  readonly attempt: Attempt;
  readonly caller: { readonly role: 'MEMBER'; readonly memberId: string } | { readonly role: 'PARTNER'; readonly partnerId: string };
  readonly quoteId: string;
}

/** An exchange that was done, now or before, with both balances right after it. */
export interface Exchanged {
  readonly exchange: Exchange;
  readonly balances: readonly [from: WalletBalance, to: WalletBalance];
  readonly replayed: boolean;
}

/** Executes a quote: the points of one currency go and those of the other come, at the terms that were quoted, in one posting. */
export async function exchangePoints(tx: Tx, { attempt, caller, quoteId }: ExchangeCommand): Promise<Outcome<Exchanged>> {
  const [quote] = await findQuotes(tx, [quoteId]);
  const mine = quote !== undefined && isCallers(caller, quote) ? quote : undefined;
  const wallets = mine && (await lockBothWallets(tx, mine.memberId, mine.fromNo, mine.toNo));
  const outcome = await once<Exchanged>(
    tx,
    attempt,
    (recorded) => fromRecord(tx, recorded),
    async () => {
      // Whether the id is unknown or somebody else's is not told.
      if (mine === undefined || wallets === undefined)
        return refused('FORBIDDEN', 'There is no such quote of yours.', { field: ['quoteId'] });
      const executed = await execute(tx, mine, caller.role === 'PARTNER' ? caller.partnerId : undefined, wallets);
      return 'refused' in executed ? executed : done({ value: executed.done, record: toRecord(executed.done) });
    },
  );
  return 'refused' in outcome ? outcome : done({ ...outcome.done.value, replayed: outcome.done.replayed });
}

/** A member may execute what was quoted for it by anybody; a partner what it asked for itself. */
function isCallers(caller: ExchangeCommand['caller'], quote: ExchangeQuote): boolean {
  return caller.role === 'MEMBER' ? quote.memberId === caller.memberId : quote.partnerId === caller.partnerId;
}

async function execute(
  tx: Tx,
  { id, memberId, fromNo, toNo, debited, credited, rate, spreadBps, feePoints }: ExchangeQuote,
  partnerId: string | undefined,
  [fromWallet, toWallet]: readonly [Wallet, Wallet],
): Promise<Outcome<Exchanged>> {
  const [[quote], { coalition, now }, [member]] = await Promise.all([lockQuotes(tx, [id]), coalitionNow(tx), readMembers(tx, [memberId])]);
  const pair = { from: coalition.currencyNo(fromNo), to: coalition.currencyNo(toNo) };
  // Rate, spread and fee stand as quoted; whether there may be an exchange at all, how much, and at which prices the book has it is decided today.
  const granted = grantExchange(coalition, pair, partnerId, now);
  if ('refused' in granted) return granted;
  if (member?.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
  if (quote === undefined || quote.executedAt !== undefined || quote.expiresAt <= now) {
    const why = quote?.executedAt === undefined ? 'The quote has passed its time' : 'The quote was executed already';
    return refused('QUOTE_EXPIRED', `${why}: ask for a new one.`, { field: ['quoteId'] });
  }
  const { timeZone } = coalition.program;
  const wanted = { clause: granted.done.clause, memberId, fromNo, toNo, debited, now, timeZone };
  const [capped, planned] = await Promise.all([
    checkMembersCaps(tx, wanted),
    planExchange(tx, {
      ...pair,
      coalition,
      now,
      memberId,
      partnerId,
      quoteId: id,
      redemptionId: undefined,
      terms: { ...granted.done.terms, rate, spreadBps, feePoints },
      debited,
      credited,
      fromWallet,
      toWallet,
    }),
  ]);
  if ('refused' in capped) return capped;
  const counted = await countInCycle(tx, wanted, planned);
  if ('refused' in counted) return counted;
  const { facts, cycle, debited: given, credited: lot } = counted.done;
  const exchange: Exchange = { ...counted.done.exchange, cycle };
  const posting = exchangeCompleted(facts, given, lot);
  await postDecided(tx, await drawDeposits(tx, coalition, now, [posting]), [fromWallet, toWallet]);
  await Promise.all([
    slideExpiry(tx, coalition, [
      { wallet: fromWallet, at: now },
      { wallet: toWallet, at: now, lotId: lot.id },
    ]),
    markExecuted(tx, [{ quoteId: id, at: now }]),
    storeExchange(tx, exchange),
  ]);
  return done({
    exchange,
    balances: [balanceAfter(fromWallet, fromWallet.account, posting), balanceAfter(toWallet, toWallet.account, posting)],
    replayed: false,
  });
}

/** Locks a member's wallets of both currencies, in the order of the ledger, and answers them in the order of the exchange. */
export async function lockBothWallets(tx: Tx, memberId: string, fromNo: number, toNo: number): Promise<[Wallet, Wallet]> {
  const wallets = await lockWallets(
    tx,
    [fromNo, toNo].map((unit) => ({ memberId, unit })),
  );
  const [from, to] = [fromNo, toNo].map((unit) => wallets.get(accountKey(wallet(memberId, unit))));
  if (from === undefined || to === undefined) throw new Error('a wallet was not locked');
  return [from, to];
}

/** What is kept to answer a repetition with the first result. An exchange never changes; the balances do. */
export function toRecord({ exchange, balances }: Exchanged): Recorded {
  return { exchange: exchange.id, balances: balances.map(keepBalance) };
}

export async function fromRecord(db: Db, record: Recorded): Promise<Exchanged> {
  const [exchange] = await readExchanges(db, [String(record.exchange)]);
  if (exchange === undefined) throw new Error(`exchange ${String(record.exchange)} was recorded but is not stored`);
  const [from, to] = record.balances as string[][];
  return { exchange, balances: [restoreBalance(from), restoreBalance(to)], replayed: true };
}
