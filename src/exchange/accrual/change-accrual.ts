import { type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import { lockWallets, type Wallet } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, conflict, findRecorded, once, type Recorded, record } from '../../platform/idempotency.ts';
import { readPartnerMicros } from '../exposure/partner-money.queries.ts';
import { readAccruals } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';
import { type Accrued, fromRecords, toRecord } from './store-accruals.ts';

/** An accrual as it is under the lock of its wallet: nobody else can change it until the transaction ends. */
export interface LockedAccrual {
  readonly accrual: Accrual;
  readonly wallet: Wallet;
}

/** Locks the wallets of accruals, then reads the accruals as they are now; those that do not exist are left out. */
export async function lockAccruals(tx: Tx, ids: readonly string[]): Promise<LockedAccrual[]> {
  const owners = (await readAccruals(tx, ids)).filter((accrual) => accrual !== undefined);
  const wallets = await lockWallets(
    tx,
    owners.map((accrual) => ({ memberId: accrual.memberId, unit: accrual.currencyNo })),
  );
  const accruals = await readAccruals(tx, ids);
  return accruals.flatMap((accrual) => {
    const locked = accrual && wallets.get(accountKey(wallet(accrual.memberId, accrual.currencyNo)));
    return accrual !== undefined && locked !== undefined ? [{ accrual, wallet: locked }] : [];
  });
}

/** A change of one accrual that a partner asks for. */
export interface AccrualChange {
  readonly attempt: Attempt;
  readonly partnerId: string;
  readonly accrualId: string;
  /** The change under the partner's own name for it: said under two keys, it is done once. */
  readonly receipt?: Attempt | undefined;
}

/** The configuration and the program's clock when a change began. */
interface Present {
  readonly coalition: Coalition;
  readonly now: Date;
}

/** Runs one idempotent change of an accrual of the partner's own. What is wrong with its form is said before whose it is. */
export async function changeAccrual(
  tx: Tx,
  change: AccrualChange,
  work: (locked: LockedAccrual, present: Present) => Promise<Outcome<Pick<Accrued, 'accrual' | 'balance'>>>,
  checkForm: (coalition: Coalition) => Outcome<unknown> = () => ({ done: undefined }),
): Promise<Outcome<Accrued>> {
  const present = await coalitionNow(tx);
  const locked = await lockAccruals(tx, [change.accrualId]);
  const outcome = await once<Accrued>(
    tx,
    change.attempt,
    (recorded) => repeat(tx, recorded),
    async () => {
      const form = checkForm(present.coalition);
      if ('refused' in form) return form;
      const [own] = locked;
      // Whether the id is unknown or somebody else's is not told.
      if (own === undefined || own.accrual.partnerId !== change.partnerId) {
        return refused('FORBIDDEN', 'This partner has no such accrual.', { field: ['accrualId'] });
      }
      const [known] = change.receipt === undefined ? [] : await findRecorded(tx, [change.receipt]);
      if (known !== undefined) {
        return 'refused' in known ? conflict('externalId') : { done: { value: await repeat(tx, known.done), record: known.done } };
      }
      const changed = await work(own, present);
      if ('refused' in changed) return changed;
      const partnerMicros = await readPartnerMicros(tx, present.coalition, change.partnerId, present.now);
      const done: Accrued = { ...changed.done, partnerMicros, replayed: false };
      const kept = toRecord(done);
      if (change.receipt !== undefined) await record(tx, [{ ...change.receipt, outcome: kept }]);
      return { done: { value: done, record: kept } };
    },
  );
  return 'refused' in outcome ? outcome : { done: outcome.done.value };
}

async function repeat(tx: Tx, recorded: Recorded): Promise<Accrued> {
  const [first] = await fromRecords(tx, [recorded]);
  if (first === undefined) throw new Error('a recorded accrual is not stored');
  return first;
}

/** Stores what changed of accruals. */
export async function updateAccruals(tx: Tx, accruals: readonly Accrual[]): Promise<void> {
  await tx.rows(
    `update exchange.accruals a
     set status = n.status, reversed_points = n.reversed_points, returned_minor = n.returned_minor, lot_id = n.lot_id
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::uuid[]) as n (id, status, reversed_points, returned_minor, lot_id)
     where a.id = n.id`,
    [
      accruals.map((a) => a.id),
      accruals.map((a) => a.status),
      accruals.map((a) => a.reversedPoints),
      accruals.map((a) => a.returnedMinor),
      accruals.map((a) => a.lotId ?? null),
    ],
  );
}
