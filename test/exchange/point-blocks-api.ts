/** What tests do with prepaid blocks, on top of the coalition's verbs. */

import type { Input, Nova, UserError } from '../support/coalition.ts';

export interface Block {
  readonly id: string;
  readonly partner: { readonly code: string };
  readonly currency: { readonly code: string };
  readonly points: number;
  readonly remaining: number;
  readonly priceMicros: string;
  readonly alertPoints: number | null;
  readonly isLow: boolean;
  readonly purchasedAt: string;
}

export interface BlockPayload {
  readonly block: Block | null;
  readonly userErrors: readonly UserError[];
}

/** Buys points for a partner, as the operator or whoever the token names. */
export async function buy(nova: Nova, input: Input, token = nova.operator): Promise<BlockPayload> {
  const { purchasePointBlock } = await nova.run<{ purchasePointBlock: BlockPayload }>(token, 'purchase-point-block', {
    input: { idempotencyKey: nova.newKey(), ...input },
  });
  return purchasePointBlock;
}

export async function blocksOf(nova: Nova, partner: string, currency?: string): Promise<readonly Block[]> {
  const token = await nova.token(partner);
  const { viewerPartner } = await nova.run<{ viewerPartner: { pointBlocks: Block[] } }>(token, 'my-point-blocks', { currency });
  return viewerPartner.pointBlocks;
}

export const remainingOf = async (nova: Nova, partner: string): Promise<number[]> =>
  (await blocksOf(nova, partner)).map(({ remaining }) => remaining);

/** Blocks whose points are not worth what waits in the prepaid accounts, or which do not follow from what was taken. */
export async function blockFaults(nova: Nova): Promise<readonly object[]> {
  return nova.app.db.rows(
    `select b.partner_id, b.currency_no, b.worth, coalesce(a.balance, 0) as balance
     from (select partner_id, currency_no, sum(remaining * (redemption_micros + service_micros)) as worth from exchange.point_blocks group by 1, 2) b
     left join (select owner, topic, available + pending as balance from ledger.accounts where kind = 'PREPAID') a
       on a.owner = b.partner_id and a.topic = b.currency_no
     where b.worth <> coalesce(a.balance, 0)
     union all
     select b.partner_id, b.currency_no, b.remaining, b.points - coalesce(sum(t.points - t.returned), 0)
     from exchange.point_blocks b left join exchange.accrual_blocks t on t.block_id = b.id
     group by b.id having b.remaining <> b.points - coalesce(sum(t.points - t.returned), 0)`,
  );
}
