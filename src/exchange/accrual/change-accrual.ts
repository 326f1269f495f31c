import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import { balanceAfter, lockWallets, type Wallet } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, conflict, findNamed, once, type Recorded } from '../../platform/idempotency.ts';
import { readAccruals } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';
import { moveOfChange } from './position-after.rules.ts';
import { type DecidedChange, postChanges, storeChanges } from './post-changes.ts';
import { readMicrosAfter } from './read-micros-after.ts';
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

/** Decides what becomes of an accrual; undefined when it stays as it is. */
type Decide = (locked: LockedAccrual, present: Present) => Outcome<DecidedChange | undefined> | Promise<Outcome<DecidedChange | undefined>>;

/** Runs one idempotent change of an accrual of the partner's own. What is wrong with its form is said before whose it is. */
export async function changeAccrual(
  tx: Tx,
  change: AccrualChange,
  decide: Decide,
  checkForm: (coalition: Coalition) => Outcome<unknown> = () => done(undefined),
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
      const names = change.receipt === undefined ? [] : [change.receipt];
      const [known] = await findNamed(tx, names);
      if (known !== undefined) {
        return 'refused' in known ? conflict('externalId') : done({ value: await repeat(tx, known.done), record: known.done });
      }
      const decided = await decide(own, present);
      if ('refused' in decided) return decided;
      const value = await carryOut(tx, present, own, decided.done);
      return done({ value, record: toRecord(value), names });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

async function carryOut(tx: Tx, present: Present, own: LockedAccrual, change: DecidedChange | undefined): Promise<Accrued> {
  const changes = change === undefined ? [] : [change];
  const { accrual, posting } = change ?? { ...own, posting: undefined };
  await postChanges(tx, changes);
  // At the same time, so that all that were posted together ask together how things stand.
  const [partnerMicros] = await Promise.all([
    readMicrosAfter(tx, { ...present, move: moveOfChange(accrual, posting) }),
    storeChanges(tx, present.coalition, changes),
  ]);
  const balance = posting === undefined ? own.wallet : balanceAfter(own.wallet, own.wallet.account, posting);
  return { accrual, balance, partnerMicros, replayed: false };
}

async function repeat(tx: Tx, recorded: Recorded): Promise<Accrued> {
  const [first] = await fromRecords(tx, [recorded]);
  if (first === undefined) throw new Error('a recorded accrual is not stored');
  return first;
}
