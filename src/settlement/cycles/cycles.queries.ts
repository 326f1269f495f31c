import type { Db, Tx } from '../../platform/database.ts';
import type { Cycle } from './cycle.ts';

const COLUMNS = `no, id, status, starts_at as "startsAt", cutoff, closed_at as "closedAt", advised_at as "advisedAt",
  reconciled_at as "reconciledAt", settled_at as "settledAt", batch_hash as "batchHash"`;

/** Cycles by their stored ids, for `load`; undefined where there is none. */
export async function readCycles(db: Db, ids: readonly string[]): Promise<(Cycle | undefined)[]> {
  const rows = await db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((cycle) => [cycle.id, cycle]));
  return ids.map((id) => byId.get(id));
}

/** The one open cycle, for `load`. */
export async function readOpenCycle(db: Db, keys: readonly 'open'[]): Promise<Cycle[]> {
  const [cycle] = await db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where status = 'OPEN'`);
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  return keys.map(() => cycle);
}

/** Cycles by their numbers, for `load`; undefined where there is none. */
export async function readCyclesByNo(db: Db, nos: readonly number[]): Promise<(Cycle | undefined)[]> {
  const rows = await db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where no = any($1::integer[])`, [nos]);
  const byNo = new Map(rows.map((cycle) => [cycle.no, cycle]));
  return nos.map((no) => byNo.get(no));
}

/** A stretch of the list of cycles, newest first; from its other end when `backwards`. */
interface CycleStretch {
  readonly below: number | undefined;
  readonly above: number | undefined;
  readonly backwards: boolean;
  readonly limit: number;
}

/** Cycles with numbers between two others, newest first; oldest first when `backwards`. */
export function readCycleHistory(db: Db, { below, above, backwards, limit }: CycleStretch): Promise<Cycle[]> {
  return db.rows<Cycle>(
    `select ${COLUMNS} from ledger.cycles where ($1::integer is null or no < $1) and ($2::integer is null or no > $2)
     order by no ${backwards ? 'asc' : 'desc'} limit $3`,
    [below ?? null, above ?? null, limit],
  );
}

/** All cycles that are being frozen: at most those that some process left behind. */
export async function readClosing(db: Db): Promise<Cycle[]> {
  return db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where status = 'CLOSING' order by no`);
}

/** The stored ids of cycles that are not settled, oldest first. */
export async function readUnsettled(db: Db): Promise<string[]> {
  const rows = await db.rows<{ id: string }>("select id from ledger.cycles where status <> 'SETTLED' order by no");
  return rows.map(({ id }) => id);
}

/** Locks a cycle until the transaction ends. */
export async function lockCycle(tx: Tx, no: number): Promise<Cycle> {
  const [cycle] = await tx.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where no = $1 for update`, [no]);
  if (cycle === undefined) throw new Error(`there is no clearing cycle ${no}`);
  return cycle;
}

/** Stores how far a cycle has come. */
export async function updateCycle(tx: Tx, cycle: Cycle): Promise<void> {
  await tx.rows(
    `update ledger.cycles set status = $2::ledger.cycle_status, batch_hash = $3, advised_at = $4, reconciled_at = $5, settled_at = $6 where no = $1`,
    [
      cycle.no,
      cycle.status,
      cycle.batchHash,
      cycle.advisedAt?.toISOString() ?? null,
      cycle.reconciledAt?.toISOString() ?? null,
      cycle.settledAt?.toISOString() ?? null,
    ],
  );
}

/** Ends the open cycle, as of now unless an instant is given, and opens the next; undefined when another one is open by then. */
export async function closeOpenCycle(
  tx: Tx,
  { no, cutoff, nextId, nextCutoff }: { no: number; cutoff: Date | undefined; nextId: string; nextCutoff: Date },
): Promise<{ cutoff: Date } | undefined> {
  const [closed] = await tx.rows<{ cutoff: Date }>('select cutoff from ledger.close_open_cycle($1, $2, $3, $4)', [
    no,
    cutoff?.toISOString() ?? null,
    nextId,
    nextCutoff.toISOString(),
  ]);
  return closed;
}
