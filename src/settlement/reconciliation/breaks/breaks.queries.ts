import type { Db, Tx } from '../../../platform/database.ts';
import type { Break, BreakState } from './break.ts';

const COLUMNS = `b.id, b.no, b.partner_id as "partnerId", b.run_id as "runId", b.result, b.kind, b.key, b.member_id as "memberId",
  b.their_no as "theirNo", b.their_day as "theirDay", b.their_amount as "theirAmount", b.our_no as "ourNo", b.our_day as "ourDay",
  b.our_amount as "ourAmount", b.opened_at as "openedAt", b.owner, b.state, b.resolution, b.adjustment_minor as "adjustmentMinor", b.note,
  b.proposed_by as "proposedBy", b.proposed_at as "proposedAt", b.decided_by as "decidedBy", b.decided_at as "decidedAt",
  b.adjustment_id as "adjustmentId"`;

/** Breaks by their stored ids, for `load`; undefined where there is none. */
export async function readBreaks(db: Db, ids: readonly string[]): Promise<(Break | undefined)[]> {
  const rows = await db.rows<Break>(`select ${COLUMNS} from settlement.breaks b where b.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id));
}

/** A break as it is when nobody else changes it. */
export async function lockBreak(tx: Tx, id: string): Promise<Break | undefined> {
  const [row] = await tx.rows<Break>(`select ${COLUMNS} from settlement.breaks b where b.id = $1 for update`, [id]);
  return row;
}

/** A list of breaks: of a run, of a partner, or of everybody. */
export interface BreakPage {
  readonly runId?: string | undefined;
  readonly partnerId?: string | undefined;
  readonly state: BreakState | undefined;
  readonly size: number;
  readonly after: number | undefined;
  readonly before: number | undefined;
  readonly backwards: boolean;
}

/** One more break than the page holds, the oldest first; from the other end when read backwards. */
export function readBreakPage(db: Db, { runId, partnerId, state, size, after, before, backwards }: BreakPage): Promise<Break[]> {
  return db.rows<Break>(
    `select ${COLUMNS} from settlement.breaks b
     where ($1::uuid is null or b.run_id = $1) and ($2::uuid is null or b.partner_id = $2) and ($3::text is null or b.state = $3)
       and ($4::bigint is null or b.no > $4) and ($5::bigint is null or b.no < $5)
     order by b.no ${backwards ? 'desc' : 'asc'} limit $6`,
    [runId ?? null, partnerId ?? null, state ?? null, after ?? null, before ?? null, size + 1],
  );
}

/** Stores what people decide about a break. */
export async function updateBreak(tx: Tx, changed: Break): Promise<void> {
  await tx.rows(
    `update settlement.breaks set owner = $2, state = $3, resolution = $4, adjustment_minor = $5, note = $6, proposed_by = $7, proposed_at = $8,
       decided_by = $9, decided_at = $10, adjustment_id = $11
     where id = $1`,
    [
      changed.id,
      changed.owner,
      changed.state,
      changed.resolution,
      changed.adjustmentMinor,
      changed.note,
      changed.proposedBy,
      changed.proposedAt?.toISOString() ?? null,
      changed.decidedBy,
      changed.decidedAt?.toISOString() ?? null,
      changed.adjustmentId,
    ],
  );
}
