import type { Db, Tx } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { Progress } from './remembered-sums.ts';

const write = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
const read = (_: string, value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;

/**
 * Sums of one kind that were kept for a cycle that ends at its cutoff, by account. A cycle that was closed as of an instant before they were
 * kept may count less than was read: nothing is known then.
 */
export async function readProgress<Sum>(db: Db, name: string, cycle: Cycle): Promise<Map<bigint, Progress<Sum>>> {
  const rows = await db.rows<{ accountId: bigint; version: bigint; sums: string }>(
    `select account_id as "accountId", version, sums::text as sums from settlement.progress
     where name = $1 and cycle_no = $2 and recorded_before <= $3`,
    [name, cycle.no, cycle.cutoff.toISOString()],
  );
  return new Map(
    rows.map(({ accountId, version, sums }) => [accountId, { cycle: cycle.no, version, sums: JSON.parse(sums, read) as Sum[] }]),
  );
}

/** Keeps sums of one kind, which were read of what had been recorded before an instant. */
export async function keepProgress<Sum>(
  tx: Tx,
  name: string,
  progress: ReadonlyMap<bigint, Progress<Sum>>,
  recordedBefore: Date,
): Promise<void> {
  const kept = [...progress];
  await tx.rows(
    `insert into settlement.progress (name, account_id, cycle_no, version, recorded_before, sums)
     select $1, k.account_id, k.cycle_no, k.version, $5, k.sums
     from unnest($2::bigint[], $3::integer[], $4::bigint[], $6::jsonb[]) as k (account_id, cycle_no, version, sums)
     on conflict (name, account_id) do update
     set cycle_no = excluded.cycle_no, version = excluded.version, recorded_before = excluded.recorded_before, sums = excluded.sums`,
    [
      name,
      kept.map(([id]) => id),
      kept.map(([, { cycle }]) => cycle),
      kept.map(([, { version }]) => version),
      recordedBefore.toISOString(),
      kept.map(([, { sums }]) => JSON.stringify(sums, write)),
    ],
  );
}
