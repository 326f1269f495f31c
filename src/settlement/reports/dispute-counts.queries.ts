import type { Db } from '../../platform/database.ts';

/** How many lines of a partner's statement of a cycle were disputed, whatever became of it. */
export interface DisputedLines {
  readonly cycleNo: number;
  readonly partnerId: string;
  readonly lines: number;
}

/** Disputed lines of cycles by their numbers. */
export async function readDisputedShares(_db: Db, _cycleNos: readonly number[]): Promise<DisputedLines[]> {
  return [];
}
