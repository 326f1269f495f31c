import { createHash } from 'node:crypto';
import type { Tx } from '../../platform/database.ts';

/**
 * For each line of a batch, how often its content has now been seen in this run, itself included.
 * Kept in the database, so that the memory of an import does not grow with its file.
 */
export async function countOccurrences(tx: Tx, run: string, contents: readonly string[]): Promise<number[]> {
  const inBatch = new Map<string, number>();
  for (const content of contents) inBatch.set(content, (inBatch.get(content) ?? 0) + 1);
  const distinct = [...inBatch.keys()];
  const rows = await tx.rows<{ n: bigint; times: number }>(
    `with batch as (select * from unnest($2::bytea[], $3::integer[]) with ordinality as b (line, times, n)),
       counted as (
         insert into exchange.import_lines as l (run, line, times) select $1::uuid, b.line, b.times from batch b order by b.line
         on conflict (run, line) do update set times = l.times + excluded.times
         returning l.line, l.times
       )
     select b.n, c.times from batch b join counted c on c.line = b.line`,
    [
      run,
      distinct.map((content) => `\\x${createHash('sha256').update(content).digest('hex')}`),
      distinct.map((content) => inBatch.get(content)),
    ],
  );
  const seen = new Map<string, number>();
  for (const { n, times } of rows) {
    const content = distinct[Number(n) - 1] ?? '';
    seen.set(content, times - (inBatch.get(content) ?? 0));
  }
  return contents.map((content) => {
    const occurrence = (seen.get(content) ?? 0) + 1;
    seen.set(content, occurrence);
    return occurrence;
  });
}

/** Forgets what a run has seen. */
export async function forgetOccurrences(tx: Tx, run: string): Promise<void> {
  await tx.rows('delete from exchange.import_lines where run = $1', [run]);
}
