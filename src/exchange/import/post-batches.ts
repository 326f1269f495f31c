import { crc32 } from 'node:zlib';
import type { Outcome } from '../../kernel/refusal.ts';
import type { Database } from '../../platform/database.ts';
import { accrueApart } from '../accrual/accrue.ts';
import type { AccrueCommand } from '../accrual/plan-accrual.ts';
import type { Accrued } from '../accrual/store-accruals.ts';
import type { Prepared } from './prepare-batches.ts';

/** Prepared lines with the outcomes of their commands. */
export interface Loaded extends Prepared {
  readonly outcomes: readonly Outcome<Accrued>[];
}

/** Transactions at a time: what one posts is worked out while another is being posted. */
const LANES = 2;

/** Posts batches in lanes, each while the next is prepared. A member's purchases stay in one lane: none waits for a wallet of another, nor overtakes. */
export async function* postBatches(database: Database, partnerId: string, batches: AsyncIterable<Prepared>): AsyncGenerator<Loaded> {
  const lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  let posting: Promise<Loaded> | undefined;
  try {
    for await (const batch of batches) {
      const shares = Map.groupBy(batch.commands.keys(), (at) => laneOf(batch.commands[at]));
      const outcomes: Outcome<Accrued>[] = [];
      for (const [lane, share] of shares) {
        const asked = share.flatMap((at) => {
          const command = batch.commands[at];
          return command === undefined ? [] : [{ principal: `partner:${partnerId}`, partnerId, command }];
        });
        const before = lanes[lane];
        lanes[lane] = (async () => {
          await before;
          const { accrued } = await accrueApart(database, asked);
          for (const [n, at] of share.entries()) if (accrued[n] !== undefined) outcomes[at] = accrued[n];
        })();
      }
      const next = Promise.all(lanes).then(() => ({ ...batch, outcomes }));
      // Whoever awaits it hears of a failure; until then it is not a fault of the process.
      next.catch(() => undefined);
      if (posting !== undefined) yield await posting;
      posting = next;
    }
    if (posting !== undefined) yield await posting;
  } finally {
    await Promise.allSettled(lanes);
  }
}

function laneOf(command: AccrueCommand | undefined): number {
  return command !== undefined && 'done' in command.member ? crc32(command.member.done.value) % LANES : 0;
}
