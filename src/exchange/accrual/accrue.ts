import type { Outcome } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { MemberKey } from '../../members/member.ts';
import { type Coalition, coalitionNow, lastKnown } from '../../partners/coalition.ts';
import { type Database, Retry, type Tx, transact } from '../../platform/database.ts';
import { type Attempt, attemptOf, checkKey, conflict, findRecorded, type Recorded, record } from '../../platform/idempotency.ts';
import { type Position, positionMicros } from '../exposure/exposure.rules.ts';
import { readPositions } from '../exposure/partner-money.queries.ts';
import { findByExternalId, isAnySeen, type ReceiptName, receiptName } from './accrual.queries.ts';
import { currencyOf, isName } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { lockMembersWallets } from './lock-members-wallets.ts';
import { type AccrueCommand, type Asked, type Granted, judge, receiptHash } from './plan-accrual.ts';
import { type Ending, postAccruals } from './post-accruals.ts';
import { type Accrued, fromRecords, toRecord } from './store-accruals.ts';

/** Stands for a member that cannot be named; nobody has it. */
const NOBODY: MemberKey = { kind: 'id', value: '' };

/** Posts many accruals of one partner, each with its own result: one refused line refuses that line only. */
export async function accrueMany(
  tx: Tx,
  principal: string,
  partnerId: string,
  commands: readonly AccrueCommand[],
): Promise<Outcome<Accrued>[]> {
  const asked = commands.map((command) => ({ principal, partnerId, command }));
  return (await accrueAll(tx, asked)).accrued;
}

/** Posts many accruals of any partners in a transaction of their own, which ends with them. */
export function accrueApart(database: Database, asked: readonly Asked[]): Promise<Decided<Outcome<Accrued>[]>> {
  const ending: Ending = { isAtOnce: true };
  return transact(database, (tx) => accrueAll(tx, asked, ending));
}

/** What was decided, with the configuration and the clock by which it was. */
export interface Decided<T> {
  readonly accrued: T;
  readonly coalition: Coalition;
  readonly now: Date;
}

/**
 * Posts many accruals of any partners in their order, each with its own result. The number of statements depends neither on the number of
 * lines nor on that of partners, unless rules with daily caps meet several lines of one member and day. With `ending` nothing else may be done in
 * the transaction after it.
 */
async function accrueAll(tx: Tx, asked: readonly Asked[], ending?: Ending): Promise<Decided<Outcome<Accrued>[]>> {
  const currenciesIn = (coalition: Coalition) =>
    asked.map(({ partnerId, command }) => currencyOf(coalition, partnerId, command.currency, command.occurredAt));
  const unitsOf = (currencies: ReturnType<typeof currenciesIn>) =>
    currencies.map((currency) => ('done' in currency ? currency.done.no : undefined));
  const attempts = asked.map(({ principal, command: { idempotencyKey, ...body } }) =>
    idempotencyKey === undefined ? undefined : attemptOf(principal, 'accrue', { idempotencyKey, ...body }),
  );
  const named = namedIn(asked, attempts);
  // Whose wallets are meant is said by the configuration, which nearly always is what it was when this process read it last.
  const presumed = unitsOf(currenciesIn(lastKnown(tx) ?? (await coalitionNow(tx)).coalition));
  // Repetitions are looked for after the locks are held, though in the same flight, so that of two equal requests at the same time the second finds the first.
  const [{ coalition, now }, { members, wallets }, isAny] = await Promise.all([
    coalitionNow(tx),
    lockMembersWallets(
      tx,
      asked.map(({ command: { member } }, at) => ({ key: 'done' in member ? member.done : NOBODY, unit: presumed[at] })),
    ),
    isAnySeen(
      tx,
      named.keys.map(({ attempt }) => attempt),
      named.receipts,
    ),
  ]);
  const currencies = currenciesIn(coalition);
  const units = unitsOf(currencies);
  if (units.some((unit, at) => unit !== presumed[at])) throw new Retry('the configuration says other wallets by now');
  const receipts = asked.map(({ command }, at) => receiptHash(command, members[at]?.id, units[at]));
  const { recorded, known } = isAny ? await findSeen(tx, named) : NOTHING_SEEN;

  const results = new Array<Outcome<Accrued>>(asked.length);
  await replay(tx, recorded, results);

  const open: Granted[] = [];
  const followers: { at: number; leader: number }[] = [];
  const byKey = new Map<string, number>();
  const byReceipt = new Map<string, number>();
  const newKeys: number[] = [];
  const repeats: { at: number; accrual: Accrual }[] = [];
  for (const [at, one] of asked.entries()) {
    const { command } = one;
    const receiptOf = receiptName({ partnerId: one.partnerId, externalId: command.externalId });
    const [attempt, currency, receipt] = [attempts[at], currencies[at], receipts[at]];
    if (results[at] !== undefined || currency === undefined || receipt === undefined) continue;
    const key = attempt?.id;
    const sameKey = key === undefined ? undefined : byKey.get(key);
    if (attempt !== undefined && sameKey !== undefined) {
      if (attempts[sameKey]?.hash.equals(attempt.hash)) followers.push({ at, leader: sameKey });
      else results[at] = conflict();
      continue;
    }
    const checked = judge(coalition, now, one, members[at], currency);
    const earlier = known.get(receiptOf);
    const sameReceipt = byReceipt.get(receiptOf);
    if ('refused' in checked && checked.refused.code === 'VALIDATION') {
      results[at] = checked;
    } else if (earlier?.receipt.equals(receipt)) {
      repeats.push({ at, accrual: earlier.accrual });
      if (key !== undefined) byKey.set(key, at);
      newKeys.push(at);
    } else if (sameReceipt !== undefined && receipts[sameReceipt]?.equals(receipt)) {
      followers.push({ at, leader: sameReceipt });
      if (key !== undefined) byKey.set(key, at);
      newKeys.push(at);
    } else if (earlier !== undefined || sameReceipt !== undefined) {
      results[at] = conflict('externalId');
    } else if ('refused' in checked) {
      results[at] = checked;
    } else {
      if (key !== undefined) byKey.set(key, at);
      byReceipt.set(receiptOf, at);
      open.push({ at, ...checked.done });
    }
  }

  // Answered as things stand before this batch, wallet and money alike.
  if (repeats.length > 0) {
    const partnerIds = [...new Set(repeats.map(({ accrual }) => accrual.partnerId))];
    const positions = await readPositions(tx, coalition, partnerIds, now);
    for (const { at, accrual } of repeats) results[at] = { done: repeated(accrual, wallets, positions) };
  }
  if (open.length > 0) {
    const batch = { coalition, now, asked, attempts, receipts, wallets };
    await postAccruals(tx, batch, open, results, newKeys.length === 0 ? ending : undefined);
  }

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
  return { accrued: results, coalition, now };
}

/** What repetitions are found by. A command without a key, or with one that cannot be kept, was never recorded. */
interface Named {
  readonly keys: readonly { readonly at: number; readonly attempt: Attempt }[];
  readonly receipts: readonly ReceiptName[];
}

function namedIn(asked: readonly Asked[], attempts: readonly (Attempt | undefined)[]): Named {
  return {
    keys: attempts.flatMap((attempt, at) => (attempt !== undefined && 'done' in checkKey(attempt.key) ? [{ at, attempt }] : [])),
    receipts: asked.flatMap(({ partnerId, command: { externalId } }) => (isName(externalId) ? [{ partnerId, externalId }] : [])),
  };
}

/** What is known of keys, by the place of their command, and of receipts. */
interface Seen {
  readonly recorded: ReadonlyMap<number, Outcome<Recorded>>;
  readonly known: Awaited<ReturnType<typeof findByExternalId>>;
}

const NOTHING_SEEN: Seen = { recorded: new Map(), known: new Map() };

async function findSeen(tx: Tx, { keys, receipts }: Named): Promise<Seen> {
  const outcomes = await findRecorded(
    tx,
    keys.map(({ attempt }) => attempt),
  );
  const recorded = new Map<number, Outcome<Recorded>>();
  for (const [n, { at }] of keys.entries()) {
    const outcome = outcomes[n];
    if (outcome !== undefined) recorded.set(at, outcome);
  }
  return { recorded, known: await findByExternalId(tx, receipts) };
}

async function replay(tx: Tx, recorded: ReadonlyMap<number, Outcome<Recorded>>, results: Outcome<Accrued>[]): Promise<void> {
  const found: { at: number; record: Recorded }[] = [];
  for (const [at, outcome] of recorded) {
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
function repeated(accrual: Accrual, wallets: ReadonlyMap<string, Wallet>, positions: ReadonlyMap<string, Position>): Accrued {
  const balance = wallets.get(accountKey(wallet(accrual.memberId, accrual.currencyNo)));
  const position = positions.get(accrual.partnerId);
  if (balance === undefined || position === undefined) throw new Error('the wallet of a repeated accrual was not locked');
  return { accrual, balance, partnerMicros: positionMicros(position), replayed: true };
}
