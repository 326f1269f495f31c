import { newId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { nameOf } from '../../members/member-ref.ts';
import { createGatherer, type Gatherer, OF_MUTATIONS } from '../../platform/batching/gather.ts';
import type { Database } from '../../platform/database.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { remembered } from '../../platform/remembered.ts';
import { accrueApart, type Decided } from './accrue.ts';
import type { Asked } from './plan-accrual.ts';
import type { Accrued } from './store-accruals.ts';

/** Where accruals come together. */
export interface Accruals {
  /**
   * Those that are sent one by one, whoever sends them. Of those that wait here and name the same member in the same way (by card, by id, or by
   * the external id of one partner), none is committed before one that came here earlier. Nothing is promised of the order of purchases that
   * name a member in two ways, come through two processes, or of which one is in a batch: each is right whichever is first, as the wallet
   * is locked. Who needs an order waits for the answer before sending the next.
   */
  readonly singles: Gatherer<Asked, Decided<Accrued>>;
  /** Those that are sent as batches, each on its own: few at a time, or singles would find no connection. */
  readonly batches: Gatherer<readonly Asked[], Decided<Outcome<Accrued>[]>>;
  close(): Promise<void>;
}

const MOST_BATCHES_WAITING = 100;

const MEMORY_KEY = 'exchange.accruals';

/** One for all of this process. What is set holds from the first call on. */
export function accrualsOf(database: Database, mostWaiting: number = OF_MUTATIONS.mostWaiting): Accruals {
  return remembered(database, MEMORY_KEY, () => {
    const singles: Accruals['singles'] = createGatherer({
      ...OF_MUTATIONS,
      run: async (asked) => {
        const { accrued, ...reading } = await accrueApart(database, asked);
        return accrued.map((outcome) => ('refused' in outcome ? outcome : done({ accrued: outcome.done, ...reading })));
      },
      nameOf: ({ command: { member } }) => nameOf(member),
      isHopeless: isDatabaseAway,
      mostWaiting,
    });
    const batches: Accruals['batches'] = createGatherer({
      run: async ([asked = []]) => [done(await accrueApart(database, asked))],
      nameOf: newId,
      isHopeless: isDatabaseAway,
      mostItems: 1,
      lanes: OF_MUTATIONS.lanes,
      mostWaiting: MOST_BATCHES_WAITING,
    });
    return { singles, batches, close: async () => void (await Promise.all([singles.close(), batches.close()])) };
  });
}
