import type { Outcome } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import { lockWallets, type Wallet } from '../../ledger/wallets.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, attemptOf, checkKey, conflict, findRecorded, type Recorded, record } from '../../platform/idempotency.ts';
import { readPartnerMicros } from '../exposure/partner-money.queries.ts';
import { findByExternalId } from './accrual.queries.ts';
import { currencyOf, isName } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { type AccrueCommand, type Granted, judge, receiptHash } from './plan-accrual.ts';
import { postAccruals } from './post-accruals.ts';
import { type Accrued, fromRecords, toRecord } from './store-accruals.ts';

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
  const repeats: { at: number; accrual: Accrual }[] = [];
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
      repeats.push({ at, accrual: earlier.accrual });
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

  // Answered as things stand before this batch, wallet and money alike.
  if (repeats.length > 0) {
    const partnerMicros = await readPartnerMicros(tx, coalition, partnerId, now);
    for (const { at, accrual } of repeats) results[at] = { done: repeated(accrual, wallets, partnerMicros) };
  }
  if (open.length > 0) await postAccruals(tx, { coalition, now, partnerId, commands, attempts, receipts, wallets }, open, results);

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

/** The same receipt under another key: the accrual as it is now, with the balances as they are now. */
function repeated(accrual: Accrual, wallets: ReadonlyMap<string, Wallet>, partnerMicros: bigint): Accrued {
  const balance = wallets.get(accountKey(wallet(accrual.memberId, accrual.currencyNo)));
  if (balance === undefined) throw new Error('the wallet of a repeated accrual was not locked');
  return { accrual, balance, partnerMicros, replayed: true };
}
