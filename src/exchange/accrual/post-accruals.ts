import { dayOf } from '../../kernel/instant.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { accountKey, issuance, partnerMoney } from '../../ledger/account.ts';
import { balancesBeforeOpenCycle } from '../../ledger/balance-before-cycle.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import { POST, type PostedRow, preparePost, toPosted } from '../../ledger/post.ts';
import { balanceAfter, type WalletBalance } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { fundedBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import type { Position } from '../exposure/exposure.rules.ts';
import { readPositions } from '../exposure/partner-money.queries.ts';
import { readUsage, type UsageKey, usageName } from './accrual.queries.ts';
import { isCapped, usageKey } from './earn.rules.ts';
import { FLOOR_REFUSALS, limitingClause } from './limits.rules.ts';
import { type Batch, type Granted, type Plan, planAccrual } from './plan-accrual.ts';
import { moveOfAccrual, positionsAfter } from './position-after.rules.ts';
import { issuersOf, readStanding, sharedAccounts } from './read-standing.ts';
import { issuerKey } from './standing.rules.ts';
import { type Accrued, postAndStore, storeAccruals } from './store-accruals.ts';

/** Whether a transaction may end with what is posted: at its first try. When it starts over, something has come in between, and it takes more care. */
export interface Ending {
  isAtOnce: boolean;
}

/**
 * Posts and stores what was granted, in waves: a member's second purchase of a day under a daily cap waits until it is known what became
 * of the first. Where a transaction may end here, and nothing has to be heard between posting and storing, both are done in its last flight.
 */
export async function postAccruals(
  tx: Tx,
  batch: Batch,
  open: readonly Granted[],
  results: Outcome<Accrued>[],
  ending?: Ending,
): Promise<void> {
  const { coalition } = batch;
  const cappedKeys = cappedKeysOf(coalition, open);
  const usesOf = ({ at, partnerId, member }: Granted): UsageKey[] =>
    (cappedKeys.get(partnerId) ?? []).map((rule) => ({ memberId: member.id, rule, day: dayIn(batch, at) }));
  const usage = await readUsage(tx, open.flatMap(usesOf));
  const openings = await issuedBeforeCycle(tx, batch, open);
  const balances = new Map<string, WalletBalance>(batch.wallets);

  const standing = await readStanding(tx, batch, open);
  // Several waves post several times: what they all touch is locked before the first.
  if (standing === undefined && cappedKeys.size > 0 && open.length > 1) await lockAccounts(tx, sharedAccounts(open));

  const partnerIds = [...new Set(open.map(({ partnerId }) => partnerId))];
  let rest = open;
  let positions: ReadonlyMap<string, Position> = new Map();
  const posted: Plan[] = [];
  while (rest.length > 0) {
    const busy = new Set<string>();
    const wave: Granted[] = [];
    const later: Granted[] = [];
    for (const item of rest) {
      const day = cappedKeys.has(item.partnerId) ? `${item.member.id} ${dayIn(batch, item.at)}` : undefined;
      if (day !== undefined && busy.has(day)) later.push(item);
      else {
        wave.push(item);
        if (day !== undefined) busy.add(day);
      }
    }
    const plans = wave.flatMap((item) => {
      const plan = planAccrual(batch, item, openings, standing, (key) => usage.get(usageName(key)));
      if ('done' in plan) return [plan.done];
      results[item.at] = plan;
      return [];
    });
    const postings = plans.flatMap(({ posting }) => posting ?? []);
    const wallets = plans.map(({ wallet }) => wallet);
    if (ending?.isAtOnce && later.length === 0 && posted.length === 0 && plans.length > 0 && plans.every((plan) => isPlain(batch, plan))) {
      ending.isAtOnce = false;
      await postAtLast(tx, plans, balances, results);
      return;
    }
    const parameters = await preparePost(tx, postings, wallets);
    const [rows, read] = await Promise.all([
      postings.length === 0 ? [] : tx.rows<PostedRow>(POST, parameters),
      readPositions(tx, coalition, partnerIds, batch.now),
    ]);
    const outcomes = rows.map(toPosted);
    positions = read;
    const accepted = sayBalances(plans, outcomes, balances, results);
    for (const { usage: used } of accepted) {
      for (const use of used) {
        const before = usage.get(usageName(use)) ?? { spendMinor: 0n, times: 0 };
        usage.set(usageName(use), { spendMinor: before.spendMinor + use.spendMinor, times: before.times + use.times });
      }
    }
    posted.push(...accepted);
    rest = later;
  }
  const earned = posted.filter(({ accrual, posting }) => accrual.status === 'CONFIRMED' && posting !== undefined);
  await slideExpiry(
    tx,
    coalition,
    earned.map((p) => ({ wallet: p.wallet, at: p.accrual.occurredAt, lotId: p.accrual.lotId })),
  );
  sayPartnerMoney(posted, positions, results);
  storeAccruals(tx, posted, results);
}

/** Posts and stores plain plans, and ends the transaction with it. */
async function postAtLast(
  tx: Tx,
  plans: readonly Plan[],
  balances: Map<string, WalletBalance>,
  results: Outcome<Accrued>[],
): Promise<void> {
  const postings = plans.flatMap(({ accrual: { partnerId }, posting }) =>
    posting === undefined ? [] : [{ ...posting, watched: partnerMoney(partnerId) }],
  );
  const parameters = await preparePost(
    tx,
    postings,
    plans.map(({ wallet }) => wallet),
  );
  const presumed = [...results];
  sayBalances(
    plans,
    plans.map(() => PRESUMED),
    new Map(balances),
    presumed,
  );
  const posted = await postAndStore(tx, parameters, plans, presumed);
  sayBalances(plans, posted, balances, results);
  for (const [n, { at }] of plans.entries()) {
    const [result, outcome] = [results[at], posted[n]];
    if (result === undefined || 'refused' in result || outcome?.refusal !== undefined) continue;
    if (outcome?.watched === undefined) throw new Error('an accrual moved nothing of its partner');
    results[at] = { done: { ...result.done, partnerMicros: outcome.watched } };
  }
}

/** Whether nothing but what its posting answers has to be known of a plan to keep it: no blocks, caps of a day, points that last longer by it, or shares of promotions. */
function isPlain({ coalition, now }: Batch, { accrual, posting, usage }: Plan): boolean {
  const { partnerId, currencyNo, charge, blocks, fundedMicros, serviceMicros } = accrual;
  return (
    posting !== undefined &&
    charge === 'PARTNER' &&
    fundedMicros + serviceMicros > 0n &&
    blocks.length === 0 &&
    usage.length === 0 &&
    coalition.currencyNo(currencyNo).expiry.kind !== 'SLIDING' &&
    fundedBy(coalition, partnerId, now).length === 0
  );
}

/** Rules with caps that count for each partner that has lines, by partner; none where there are none. */
function cappedKeysOf(coalition: Coalition, open: readonly Granted[]): ReadonlyMap<string, readonly string[]> {
  const capped = coalition.earnRules.filter(isCapped);
  const partnerIds = capped.length === 0 ? [] : [...new Set(open.map(({ partnerId }) => partnerId))];
  return new Map(
    partnerIds
      .map((id) => [id, [...new Set(capped.filter((rule) => (rule.partnerId ?? id) === id).map(usageKey))]] as const)
      .filter(([, keys]) => keys.length > 0),
  );
}

/** The day of the program on which a purchase counts. */
function dayIn({ asked, coalition, now }: Batch, at: number): string {
  return dayOf(asked[at]?.command.occurredAt ?? now, coalition.program.timeZone);
}

/** Each accrual is answered with its partner's position right after it. */
function sayPartnerMoney(posted: readonly Plan[], positions: ReadonlyMap<string, Position>, results: Outcome<Accrued>[]): void {
  const micros = positionsAfter(
    posted.map(({ accrual }) => moveOfAccrual(accrual)),
    positions,
  );
  for (const [n, { at }] of posted.entries()) {
    const [result, partnerMicros] = [results[at], micros[n]];
    if (result !== undefined && 'done' in result && partnerMicros !== undefined) results[at] = { done: { ...result.done, partnerMicros } };
  }
}

/** What becomes of a posting that nothing speaks against. */
const PRESUMED = { refusal: undefined };

/** Answers each plan with what became of its posting and with the balance after it; returns those that were posted. */
function sayBalances(
  plans: readonly Plan[],
  posted: readonly { readonly refusal: string | undefined }[],
  balances: Map<string, WalletBalance>,
  results: Outcome<Accrued>[],
): Plan[] {
  let next = 0;
  const accepted: Plan[] = [];
  for (const p of plans) {
    const outcome = p.posting === undefined ? undefined : posted[next++];
    if (outcome !== undefined && outcome.refusal !== undefined) {
      const refusal = FLOOR_REFUSALS[outcome.refusal];
      if (refusal === undefined) throw new Error(`an accrual was refused by ${outcome.refusal}`);
      results[p.at] = refusal();
      continue;
    }
    const key = accountKey(p.wallet.account);
    const before = balances.get(key) ?? p.wallet;
    const balance = p.posting === undefined ? before : balanceAfter(before, p.wallet.account, p.posting);
    balances.set(key, balance);
    results[p.at] = { done: { accrual: p.accrual, balance, partnerMicros: 0n, replayed: false } };
    accepted.push(p);
  }
  return accepted;
}

/** What partners had issued of each currency under a cap when the open cycle began, by `issuerKey`; as balances of issuance accounts, so negative. */
async function issuedBeforeCycle(tx: Tx, { coalition, now }: Batch, open: readonly Granted[]): Promise<ReadonlyMap<string, bigint>> {
  const capped = issuersOf(
    open.filter(
      ({ partnerId, terms, promotion }) =>
        promotion === undefined && limitingClause(coalition, partnerId, terms, now).capPerCycle !== undefined,
    ),
  );
  const balances = await balancesBeforeOpenCycle(
    tx,
    capped.map(({ partnerId, currencyNo }) => ({ ...issuance(partnerId, currencyNo), owner: partnerId })),
  );
  return new Map(capped.map(({ partnerId, currencyNo }, at) => [issuerKey(partnerId, currencyNo), balances[at] ?? 0n]));
}
