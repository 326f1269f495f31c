import { newId } from '../../kernel/ids.ts';
import { microsOfMinor } from '../../kernel/money.ts';
import { post } from '../../ledger/post.ts';
import { adjustmentPosted } from '../../ledger/postings/settlement.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';

/** A correction of what a closed cycle said. */
export interface NewAdjustment {
  readonly partnerId: string;
  /** The partner that bears it; the operator when left out. */
  readonly counterpartyId?: string | undefined;
  /** The partner's part of the closed line that it corrects, by its stored id. */
  readonly shareId?: string | undefined;
  /** In minor units: + the partner receives it, - it pays. Never 0. */
  readonly minor: bigint;
  readonly description: string;
}

/** Posts an adjustment in the open cycle: a line of its own on the next statements of both. Answers its id. */
export async function postAdjustment(tx: Tx, { partnerId, counterpartyId, shareId, minor, description }: NewAdjustment): Promise<string> {
  const { coalition, now } = await coalitionNow(tx);
  const id = newId();
  const micros = microsOfMinor(minor, coalition.program.settlementCurrency);
  const [posted] = await post(tx, [adjustmentPosted({ reference: id, occurredAt: now }, partnerId, counterpartyId, micros)]);
  if (posted === undefined || posted.refusal !== undefined) throw new Error('an adjustment was refused by the book');
  await tx.rows(
    `insert into settlement.adjustments (id, partner_id, counterparty_id, share_id, minor, description, recorded_at, posting_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, partnerId, counterpartyId ?? null, shareId ?? null, minor, description, posted.recordedAt.toISOString(), posted.postingId],
  );
  return id;
}
