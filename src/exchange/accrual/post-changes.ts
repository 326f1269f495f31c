import { postDecided } from '../../ledger/post.ts';
import type { Posting } from '../../ledger/posting.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import type { BlockPart } from '../funding/point-block.ts';
import { lockBlocksOf, returnToBlocks, updateTakings } from '../funding/point-blocks.queries.ts';
import { lockWithDeposits } from '../termination/draw-deposits.ts';
import type { Accrual } from './accrual.ts';
import { giveBackUsage, type Used, updateAccruals } from './change-accrual.queries.ts';

/** What is to become of an accrual, decided under the lock of its wallet. */
export interface DecidedChange {
  /** As it is then. */
  readonly accrual: Accrual;
  readonly wallet: Wallet;
  /** None where no points move. */
  readonly posting: Posting | undefined;
  /** Whether it is earned from here on, which counts as activity of the member. */
  readonly isEarned?: boolean;
  /** What returns to its block. */
  readonly back?: readonly BlockPart[];
  /** What it does not use any more of capped rules. */
  readonly unused?: readonly Used[];
}

/** Posts changes of accruals. Blocks are locked before the shared accounts, and those together with what others in the transaction lock. */
export async function postChanges(tx: Tx, changes: readonly DecidedChange[]): Promise<void> {
  const postings = changes.flatMap(({ posting }) => posting ?? []);
  await lockBlocksOf(tx, backOf(changes));
  await lockWithDeposits(tx, [{ postings, partnerIds: [] }]);
  await postDecided(
    tx,
    postings,
    changes.map(({ wallet }) => wallet),
  );
}

/** Stores accruals as they have become, once what changes them is posted. */
export async function storeChanges(tx: Tx, coalition: Coalition, changes: readonly DecidedChange[]): Promise<void> {
  await Promise.all([
    slideExpiry(
      tx,
      coalition,
      changes.flatMap(({ accrual, wallet, isEarned }) => (isEarned ? [{ wallet, at: accrual.occurredAt, lotId: accrual.lotId }] : [])),
    ),
    updateAccruals(
      tx,
      changes.map(({ accrual }) => accrual),
    ),
    updateTakings(
      tx,
      changes.flatMap(({ accrual }) => (accrual.blocks.length === 0 ? [] : [{ accrualId: accrual.id, parts: accrual.blocks }])),
    ),
    returnToBlocks(tx, backOf(changes)),
    giveBackUsage(
      tx,
      changes.flatMap(({ unused = [] }) => unused),
    ),
  ]);
}

const backOf = (changes: readonly DecidedChange[]): BlockPart[] => changes.flatMap(({ back = [] }) => back);
