import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { Viewer } from '../../kernel/viewer.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { NetPositionChangeType } from './net-position-change.types.ts';
import { positionFeed } from './position-feed.ts';

@Resolver()
export class NetPositionFeedResolver {
  @Subscription(() => NetPositionChangeType, {
    description:
      'PARTNER, itself; OPERATOR, one partner or all of them: net positions of the open cycle. First comes how things stand (resync: true), then every change after it is committed; changes in quick succession are told as one, the newest.',
    subscribe: ({ args, context }: { args: { readonly partner?: string | null }; context: Context }) =>
      subscribe(context, args.partner ?? undefined),
  })
  netPositionChanged(
    @Root() change: NetPositionChangeType,
    @Arg('partner', () => String, { nullable: true, description: 'Code of the partner; a partner leaves it out or names itself.' })
    _partner?: string,
  ): NetPositionChangeType {
    return change;
  }
}

async function subscribe(context: Context, code: string | undefined): Promise<Feed<NetPositionChangeType>> {
  const viewer = viewerAs(context.viewer, 'PARTNER', 'OPERATOR');
  const { coalition } = await coalitionNow(context.db);
  return positionFeed(context, whose(viewer, code, coalition));
}

/** Whose positions: those of one partner, or undefined for those of all. */
function whose(viewer: Extract<Viewer, { role: 'PARTNER' | 'OPERATOR' }>, code: string | undefined, coalition: Coalition) {
  const named = code === undefined ? undefined : coalition.partnerOf(code)?.id;
  if (code !== undefined && named === undefined) throw forbidden();
  if (viewer.role === 'OPERATOR') return named;
  if (named !== undefined && named !== viewer.partnerId) throw forbidden();
  return viewer.partnerId;
}
