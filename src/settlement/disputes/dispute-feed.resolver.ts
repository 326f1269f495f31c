import { Resolver, Root, Subscription } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Database } from '../../platform/database.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { objectFeed } from '../../platform/live/object-feed.ts';
import { toDispute } from './dispute.types.ts';
import { DisputeUpdateType } from './dispute-update.types.ts';
import { readDisputes, readUndecided } from './disputes.queries.ts';

@Resolver()
export class DisputeFeedResolver {
  @Subscription(() => DisputeUpdateType, {
    description:
      'OPERATOR, all; PARTNER, its own: disputes as they go on. First come those that are not decided yet, as they stand (resync: true); then each as it stands after a step, after it is committed.',
    subscribe: ({ context }: { context: Context }) => subscribe(context),
  })
  disputeUpdated(@Root() update: DisputeUpdateType): DisputeUpdateType {
    return update;
  }
}

function subscribe({ db, viewer }: Context): Feed<DisputeUpdateType> {
  viewerAs(viewer, 'OPERATOR', 'PARTNER');
  return objectFeed(db, {
    topics: ['DISPUTE'],
    first: () => readUndecided(db),
    read: readFeed,
    sees: ({ dispute: { dispute } }) => actsForPartner(viewer, dispute.partnerId),
  });
}

async function readFeed(database: Database, ids: readonly string[], isFirst: boolean): Promise<(DisputeUpdateType | undefined)[]> {
  const [{ coalition, now }, disputes] = await Promise.all([coalitionNow(database), readDisputes(database, ids)]);
  const { settlementCurrency } = coalition.program;
  return disputes.map((dispute) => dispute && { dispute: toDispute(dispute, settlementCurrency, now), resync: isFirst });
}
