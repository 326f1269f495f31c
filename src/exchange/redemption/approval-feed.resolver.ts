import { Resolver, Root, Subscription } from 'type-graphql';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import type { Database } from '../../platform/database.ts';
import { type Context, renewContext } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { objectFeed } from '../../platform/live/object-feed.ts';
import { ApprovalUpdateType } from './approval-update.types.ts';
import { readAwaitingIds, readRedemptions } from './redemption.queries.ts';
import { toRedemption } from './redemption.types.ts';

/** Of so many at most a subscriber is told at first, those whose time ends first. */
const MOST_AT_FIRST = 1_000;

@Resolver()
export class ApprovalFeedResolver {
  @Subscription(() => ApprovalUpdateType, {
    description:
      'MEMBER, its own; PARTNER, those at it; OPERATOR, all: redemptions that await the approval of a member. First come those that do (resync: true), 1,000 at most; then each new one, and each once more when it was approved, declined, given up or has passed its time.',
    subscribe: ({ context }: { context: Context }) => subscribe(context),
  })
  redemptionAwaitingApproval(@Root() update: ApprovalUpdateType): ApprovalUpdateType {
    return update;
  }
}

function subscribe(context: Context): Feed<ApprovalUpdateType> {
  const viewer = viewerAs(context.viewer, 'MEMBER', 'PARTNER', 'OPERATOR');
  const memberId = viewer.role === 'MEMBER' ? viewer.memberId : undefined;
  const partnerId = viewer.role === 'PARTNER' ? viewer.partnerId : undefined;
  return objectFeed(context.db, {
    topics: ['APPROVAL'],
    first: () => readAwaitingIds(context.db, { memberId, partnerId }, MOST_AT_FIRST),
    read: readFeed,
    ...(partnerId !== undefined && { admit: async () => forbidAfterTermination(await renewContext(context)) }),
    sees: ({ redemption: { redemption } }) =>
      (memberId === undefined || redemption.memberId === memberId) && (partnerId === undefined || redemption.partnerId === partnerId),
  });
}

async function readFeed(database: Database, ids: readonly string[], isFirst: boolean): Promise<(ApprovalUpdateType | undefined)[]> {
  const redemptions = await readRedemptions(database, ids);
  return redemptions.map((redemption) => redemption && { redemption: toRedemption(redemption), resync: isFirst });
}
