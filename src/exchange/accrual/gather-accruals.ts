import type { Outcome } from '../../kernel/refusal.ts';
import type { MemberKey } from '../../members/member.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { createGatherer, type Gatherer } from '../../platform/batching/gather.ts';
import { type Database, transact } from '../../platform/database.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { remembered } from '../../platform/remembered.ts';
import { accrueAll } from './accrue.ts';
import type { Asked } from './plan-accrual.ts';
import type { Accrued } from './store-accruals.ts';

/** An accrual with the configuration and the clock by which it was decided. */
export interface GatheredAccrual {
  readonly accrued: Accrued;
  readonly coalition: Coalition;
  readonly now: Date;
}

/** So many accruals are posted in one transaction at most. */
const MOST_TOGETHER = 100;
/** Transactions at a time: one reads while another is being committed. */
const LANES = 2;
/** Accruals that wait at most where nothing is set. */
const MOST_WAITING = 4_000;

const MEMORY_KEY = 'exchange.accruals';

/** Where accruals that are sent one by one come together, whoever sends them: one for all of this process. What is set holds from the first call on. */
export function accrualsOf(database: Database, mostWaiting = MOST_WAITING): Gatherer<Asked, GatheredAccrual> {
  return remembered(database, MEMORY_KEY, () =>
    createGatherer<Asked, GatheredAccrual>({
      run: (asked) => post(database, asked),
      nameOf: ({ command: { member } }) => ('done' in member ? nameOf(member.done) : ''),
      isHopeless: isDatabaseAway,
      mostItems: MOST_TOGETHER,
      lanes: LANES,
      mostWaiting,
    }),
  );
}

const nameOf = ({ kind, value, partnerId }: MemberKey): string => `${kind} ${kind === 'externalId' ? partnerId : ''} ${value}`;

async function post(database: Database, asked: readonly Asked[]): Promise<Outcome<GatheredAccrual>[]> {
  return transact(database, async (tx) => {
    const reading = await coalitionNow(tx);
    const outcomes = await accrueAll(tx, reading, asked);
    return outcomes.map((outcome) => ('refused' in outcome ? outcome : { done: { accrued: outcome.done, ...reading } }));
  });
}
