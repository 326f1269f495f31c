import { dayOf } from '../../kernel/instant.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { accountKey, issuance as issuanceAccount } from '../../ledger/account.ts';
import { balanceBeforeOpenCycle } from '../../ledger/balance-before-cycle.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import { post } from '../../ledger/post.ts';
import type { Posting } from '../../ledger/posting.ts';
import { balanceAfter, type WalletBalance } from '../../ledger/wallets.ts';
import type { Member } from '../../members/member.ts';
import { isWithin } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { type Position, positionMicros } from '../exposure/exposure.rules.ts';
import { readPosition } from '../exposure/partner-money.queries.ts';
import { readUsage, type UsageKey, usageName } from './accrual.queries.ts';
import { isCapped, usageKey } from './earn.rules.ts';
import { FLOOR_REFUSALS, limitingClause } from './limits.rules.ts';
import { type Batch, type Granted, type Plan, planAccrual } from './plan-accrual.ts';
import { readStanding, sharedAccounts } from './read-standing.ts';
import { type Accrued, storeAccruals } from './store-accruals.ts';

/**
 * Posts and stores what was granted, in waves: a member's second purchase of a day under a daily cap waits until it is known what became
 * of the first.
 */
export async function postAccruals(tx: Tx, batch: Batch, open: readonly Granted[], results: Outcome<Accrued>[]): Promise<void> {
  const { coalition, partnerId } = batch;
  const { timeZone } = coalition.program;
  const capped = coalition.earnRules.filter((rule) => isCapped(rule) && (rule.partnerId === undefined || rule.partnerId === partnerId));
  const cappedKeys = [...new Set(capped.map(usageKey))];
  const keysOf = (at: number, member: Member): UsageKey[] =>
    cappedKeys.map((rule) => ({ memberId: member.id, rule, day: dayOf(batch.commands[at]?.occurredAt ?? batch.now, timeZone) }));
  const usage = await readUsage(
    tx,
    open.flatMap(({ at, member }) => keysOf(at, member)),
  );
  const openings = await issuedBeforeCycle(tx, batch, open);
  const balances = new Map<string, WalletBalance>(batch.wallets);

  const standing = await readStanding(tx, batch, open);
  // Several waves post several times: what they all touch is locked before the first.
  if (standing === undefined && cappedKeys.length > 0 && open.length > 1) await lockAccounts(tx, sharedAccounts(partnerId, open));

  let rest = open;
  const posted: Plan[] = [];
  while (rest.length > 0) {
    const busy = new Set<string>();
    const wave: Granted[] = [];
    const later: Granted[] = [];
    for (const item of rest) {
      const day = `${item.member.id} ${dayOf(batch.commands[item.at]?.occurredAt ?? batch.now, timeZone)}`;
      if (busy.has(day)) later.push(item);
      else {
        wave.push(item);
        if (cappedKeys.length > 0) busy.add(day);
      }
    }
    const plans = wave.flatMap((item) => {
      const plan = planAccrual(batch, item, openings, standing, (key) => usage.get(usageName(key)));
      if ('done' in plan) return [plan.done];
      results[item.at] = plan;
      return [];
    });
    const accepted = await postWave(tx, plans, balances, results);
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
  sayPartnerMoney(posted, results, await readPosition(tx, coalition, partnerId, batch.now));
  await storeAccruals(tx, posted, results);
}

/** Each accrual is answered with the partner's position right after it: from the last one, which left it as it is now, backwards. */
function sayPartnerMoney(posted: readonly Plan[], results: Outcome<Accrued>[], now: Position): void {
  let position = now;
  for (const { at, accrual } of [...posted].reverse()) {
    const result = results[at];
    if (result !== undefined && 'done' in result) results[at] = { done: { ...result.done, partnerMicros: positionMicros(position) } };
    const cost = accrual.points * (accrual.fundedMicros + accrual.serviceMicros);
    if (accrual.charge === 'PARTNER') position = { ...position, ownMicros: position.ownMicros + cost };
    const promotion = accrual.charge === 'JOINT' && accrual.promotion !== undefined ? promotionId(accrual.promotion) : undefined;
    if (promotion === undefined) continue;
    position = {
      ...position,
      promotions: position.promotions.map((one) =>
        one.promotionId === promotion && isWithin(one, accrual.occurredAt) ? { ...one, owedMicros: one.owedMicros - cost } : one,
      ),
    };
  }
}

async function postWave(
  tx: Tx,
  plans: readonly Plan[],
  balances: Map<string, WalletBalance>,
  results: Outcome<Accrued>[],
): Promise<Plan[]> {
  const withPosting = plans.filter((p): p is Plan & { posting: Posting } => p.posting !== undefined);
  const outcomes = new Map(
    (
      await post(
        tx,
        withPosting.map((p) => p.posting),
        plans.map((p) => p.wallet),
      )
    ).map((outcome, at) => [withPosting[at], outcome]),
  );
  const accepted: Plan[] = [];
  for (const p of plans) {
    const outcome = outcomes.get(p as Plan & { posting: Posting });
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

/** What the partner had issued of each capped currency when the open cycle began; as a balance of the issuance account, so negative. */
async function issuedBeforeCycle(tx: Tx, { coalition, partnerId, now }: Batch, open: readonly Granted[]): Promise<Map<number, bigint>> {
  const capped = new Set(
    open
      .filter(
        ({ terms, promotion }) => promotion === undefined && limitingClause(coalition, partnerId, terms, now).capPerCycle !== undefined,
      )
      .map(({ currency }) => currency.no),
  );
  const openings = new Map<number, bigint>();
  for (const no of capped) openings.set(no, await balanceBeforeOpenCycle(tx, issuanceAccount(partnerId, no)));
  return openings;
}
