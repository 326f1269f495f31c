import type { Db, Tx } from '../../platform/database.ts';

/** Up to what partners pay for one cycle in minor units, for `load`; undefined without a limit. */
export async function readFundingLimits(db: Db, partnerIds: readonly string[]): Promise<(bigint | undefined)[]> {
  const rows = await db.rows<{ partnerId: string; limitMinor: bigint | null }>(
    `select distinct on (partner_id) partner_id as "partnerId", limit_minor as "limitMinor"
     from settlement.funding_limits where partner_id = any($1::uuid[]) order by partner_id, id desc`,
    [partnerIds],
  );
  const byPartner = new Map(rows.map(({ partnerId, limitMinor }) => [partnerId, limitMinor ?? undefined]));
  return partnerIds.map((id) => byPartner.get(id));
}

export async function insertFundingLimit(tx: Tx, id: string, partnerId: string, limitMinor: bigint | null, at: Date): Promise<void> {
  await tx.rows('insert into settlement.funding_limits (id, partner_id, limit_minor, set_at) values ($1, $2, $3, $4)', [
    id,
    partnerId,
    limitMinor,
    at.toISOString(),
  ]);
}
