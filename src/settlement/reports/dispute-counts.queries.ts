import type { Db } from '../../platform/database.ts';

/** How many lines of a partner's statement of a cycle were disputed, whatever became of it. */
export interface DisputedLines {
  readonly cycleNo: number;
  readonly partnerId: string;
  readonly lines: number;
}

/** Disputed lines of cycles by their numbers; a line counts once, however often it was disputed. */
export function readDisputedShares(db: Db, cycleNos: readonly number[]): Promise<DisputedLines[]> {
  return db.rows<DisputedLines>(
    `select l.cycle_no as "cycleNo", h.partner_id as "partnerId", count(distinct d.share_id)::integer as lines
     from settlement.disputes d
     join settlement.shares h on h.id = d.share_id
     join settlement.lines l on l.id = h.line_id
     where l.cycle_no = any($1::integer[])
     group by 1, 2`,
    [cycleNos],
  );
}
