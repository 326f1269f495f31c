import { dayOf } from '../../kernel/instant.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { accountKey, issuance as issuanceAccount, operatorMoney, partnerMoney, pool, wallet } from '../../ledger/account.ts';
import { balanceBeforeOpenCycle } from '../../ledger/balance-before-cycle.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import { post } from '../../ledger/post.ts';
import type { Account, Posting } from '../../ledger/posting.ts';
import { balanceAfter, lockWallets, type Wallet, type WalletBalance } from '../../ledger/wallets.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, attemptOf, checkKey, conflict, findRecorded, type Recorded, record } from '../../platform/idempotency.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { findByExternalId, readUsage, type UsageKey, usageName } from './accrual.queries.ts';
import { currencyOf, isName } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { isCapped, usageKey } from './earn.rules.ts';
import { FLOOR_REFUSALS, limitingClause } from './limits.rules.ts';
import { type AccrueCommand, type Batch, type Granted, judge, type Plan, planAccrual, receiptHash } from './plan-accrual.ts';
import { type Accrued, fromRecords, storeAccruals, toRecord } from './store-accruals.ts';

/** Stands for a member that cannot be named; nobody has it. */
const NOBODY: MemberKey = { kind: 'id', value: '' };

/**
 * Posts many accruals of one partner, each with its own result: one refused line refuses that line only.
 * The number of statements does not depend on the number of lines, unless rules with daily caps meet several lines of one member and day.
 */
export async function accrueMany(
  tx: Tx,
  principal: string,
  partnerId: string,
  commands: readonly AccrueCommand[],
): Promise<Outcome<Accrued>[]> {
  const { coalition, now } = await coalitionNow(tx);
  const members = await findMembers(
    tx,
    commands.map(({ member }) => ('done' in member ? member.done : NOBODY)),
  );
  const currencies = commands.map((command) => currencyOf(coalition, partnerId, command.currency, command.occurredAt));
  const wallets = await lockWallets(
    tx,
    members.flatMap((member, at) => {
      const currency = currencies[at];
      return member !== undefined && currency !== undefined && 'done' in currency ? [{ memberId: member.id, unit: currency.done.no }] : [];
    }),
  );
  // Read under the locks, so that of two equal requests at the same time the second finds the first.
  const attempts = commands.map(({ idempotencyKey, ...body }) =>
    idempotencyKey === undefined ? undefined : attemptOf(principal, 'accrue', { idempotencyKey, ...body }),
  );
  const receipts = commands.map((command, at) => {
    const currency = currencies[at];
    return receiptHash(command, members[at]?.id, currency !== undefined && 'done' in currency ? currency.done.no : undefined);
  });
  const recorded = await findRepeated(tx, attempts);
  const known = await findByExternalId(tx, partnerId, commands.map((command) => command.externalId).filter(isName));

  const results = new Array<Outcome<Accrued>>(commands.length);
  await replay(tx, recorded, results);

  const open: Granted[] = [];
  const followers: { at: number; leader: number }[] = [];
  const byKey = new Map<string, number>();
  const byReceipt = new Map<string, number>();
  const newKeys: number[] = [];
  for (const [at, command] of commands.entries()) {
    const [attempt, currency, receipt] = [attempts[at], currencies[at], receipts[at]];
    if (results[at] !== undefined || currency === undefined || receipt === undefined) continue;
    const sameKey = attempt === undefined ? undefined : byKey.get(attempt.key);
    if (attempt !== undefined && sameKey !== undefined) {
      if (attempts[sameKey]?.hash.equals(attempt.hash)) followers.push({ at, leader: sameKey });
      else results[at] = conflict();
      continue;
    }
    const checked = judge(coalition, now, partnerId, command, members[at], currency);
    const earlier = known.get(command.externalId);
    const sameReceipt = byReceipt.get(command.externalId);
    if ('refused' in checked && checked.refused.code === 'VALIDATION') {
      results[at] = checked;
    } else if (earlier?.receipt.equals(receipt)) {
      results[at] = { done: repeated(earlier.accrual, wallets) };
      if (attempt !== undefined) byKey.set(attempt.key, at);
      newKeys.push(at);
    } else if (sameReceipt !== undefined && receipts[sameReceipt]?.equals(receipt)) {
      followers.push({ at, leader: sameReceipt });
      if (attempt !== undefined) byKey.set(attempt.key, at);
      newKeys.push(at);
    } else if (earlier !== undefined || sameReceipt !== undefined) {
      results[at] = conflict('externalId');
    } else if ('refused' in checked) {
      results[at] = checked;
    } else {
      if (attempt !== undefined) byKey.set(attempt.key, at);
      byReceipt.set(command.externalId, at);
      open.push({ at, ...checked.done });
    }
  }

  await postAll(tx, { coalition, now, partnerId, commands, attempts, receipts, wallets }, open, results);

  for (const { at, leader } of followers) {
    const first = results[leader];
    if (first !== undefined) results[at] = 'refused' in first ? first : { done: { ...first.done, replayed: true } };
  }
  await record(
    tx,
    newKeys.flatMap((at) => {
      const [attempt, result] = [attempts[at], results[at]];
      return attempt !== undefined && result !== undefined && 'done' in result ? [{ ...attempt, outcome: toRecord(result.done) }] : [];
    }),
  );
  return results;
}

/** Posts what was found in order, in waves: a member's second purchase of a day under a daily cap waits until it is known what became of the first. */
async function postAll(tx: Tx, batch: Batch, open: readonly Granted[], results: Outcome<Accrued>[]): Promise<void> {
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

  // Several waves post several times: what they all touch is locked before the first.
  if (cappedKeys.length > 0 && open.length > 1) await lockAccounts(tx, sharedAccounts(partnerId, open));

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
      const plan = planAccrual(batch, item, openings, (key) => usage.get(usageName(key)));
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
    earned.map((p) => ({ wallet: p.wallet, at: p.accrual.occurredAt })),
  );
  await storeAccruals(tx, posted, results);
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
    results[p.at] = { done: { accrual: p.accrual, balance, replayed: false } };
    accepted.push(p);
  }
  return accepted;
}

function sharedAccounts(partnerId: string, open: readonly Granted[]): Account[] {
  const currencies = [...new Set(open.map(({ currency }) => currency.no))];
  return [operatorMoney, partnerMoney(partnerId), ...currencies.flatMap((no) => [issuanceAccount(partnerId, no), pool(no)])];
}

/** What the partner had issued of each capped currency when the open cycle began; as a balance of the issuance account, so negative. */
async function issuedBeforeCycle(tx: Tx, { coalition, partnerId, now }: Batch, open: readonly Granted[]): Promise<Map<number, bigint>> {
  const capped = new Set(
    open
      .map(({ currency }) => currency)
      .filter(({ code }) => limitingClause(coalition, partnerId, code, now)?.capPerCycle !== undefined)
      .map(({ no }) => no),
  );
  const openings = new Map<number, bigint>();
  for (const no of capped) openings.set(no, await balanceBeforeOpenCycle(tx, issuanceAccount(partnerId, no)));
  return openings;
}

/** What was recorded under each key. A command without one, or with one that cannot be kept, was never recorded. */
async function findRepeated(tx: Tx, attempts: readonly (Attempt | undefined)[]): Promise<(Outcome<Recorded> | undefined)[]> {
  const found = new Array<Outcome<Recorded> | undefined>(attempts.length);
  const keyed = attempts.flatMap((attempt, at) => (attempt !== undefined && 'done' in checkKey(attempt.key) ? [{ at, attempt }] : []));
  if (keyed.length === 0) return found;
  const recorded = await findRecorded(
    tx,
    keyed.map(({ attempt }) => attempt),
  );
  for (const [n, { at }] of keyed.entries()) found[at] = recorded[n];
  return found;
}

async function replay(tx: Tx, recorded: readonly (Outcome<Recorded> | undefined)[], results: Outcome<Accrued>[]): Promise<void> {
  const found: { at: number; record: Recorded }[] = [];
  for (const [at, outcome] of recorded.entries()) {
    if (outcome === undefined) continue;
    if ('refused' in outcome) results[at] = outcome;
    else found.push({ at, record: outcome.done });
  }
  if (found.length === 0) return;
  const accrued = await fromRecords(
    tx,
    found.map((f) => f.record),
  );
  for (const [n, { at }] of found.entries()) {
    const value = accrued[n];
    if (value !== undefined) results[at] = { done: value };
  }
}

/** The same receipt under another key: the accrual as it is now, with the balance as it is now. */
function repeated(accrual: Accrual, wallets: ReadonlyMap<string, Wallet>): Accrued {
  const balance = wallets.get(accountKey(wallet(accrual.memberId, accrual.currencyNo)));
  if (balance === undefined) throw new Error('the wallet of a repeated accrual was not locked');
  return { accrual, balance, replayed: true };
}
