import { Resolver, Root, Subscription } from 'type-graphql';
import type { Database } from '../../platform/database.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { objectFeed } from '../../platform/live/object-feed.ts';
import { ClearingCycleType, toClearingCycle } from './cycle.types.ts';
import { readCycles, readUnsettled } from './cycles.queries.ts';

@Resolver()
export class CycleFeedResolver {
  @Subscription(() => ClearingCycleType, {
    description:
      'OPERATOR, PARTNER: clearing cycles as they go on. First come those that are not settled yet, as they stand, oldest first; then each whose status has changed, after it is committed.',
    subscribe: ({ context }: { context: Context }) => subscribe(context),
  })
  cycleStatusChanged(@Root() cycle: ClearingCycleType): ClearingCycleType {
    return cycle;
  }
}

function subscribe(context: Context): Feed<ClearingCycleType> {
  viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
  return objectFeed(context.db, {
    topics: ['CYCLE'],
    first: () => readUnsettled(context.db),
    read: readFeed,
    sees: () => true,
    mark: ({ id, status }) => [id, status],
  });
}

async function readFeed(database: Database, ids: readonly string[]): Promise<(ClearingCycleType | undefined)[]> {
  return (await readCycles(database, ids)).map((cycle) => cycle && toClearingCycle(cycle));
}
