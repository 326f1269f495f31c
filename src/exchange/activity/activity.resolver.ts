import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID } from '../../kernel/ids.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { MemberType } from '../../members/member.types.ts';
import { forbidAfterTermination, seesInFull } from '../../members/member-sight.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { type ActivityRequest, readActivities, readActivitiesBackwards } from './activities.queries.ts';
import { ActivityConnection, type ActivityType, toActivity } from './activity.types.ts';
import { type Cut, cutAfter, cutBefore, keysBackwards, keysForwards } from './activity-position.rules.ts';

@Resolver(() => MemberType)
export class MemberActivityResolver {
  @FieldResolver(() => ActivityConnection, {
    description:
      "What happened to the member's points, newest first; for a partner what it did itself, and all of it where its data-sharing clause and the member allow it.",
  })
  async activity(
    @Ctx() context: Context,
    @Root() { member }: MemberType,
    @Args(() => PageArgs) request: PageArgs,
  ): Promise<Connection<ActivityType>> {
    await forbidAfterTermination(context);
    const slice = readPage(request, 2);
    const below = slice.after && known(cutAfter(slice.after));
    const from = slice.before && known(cutBefore(slice.before));
    const partnerId = (await seesInFull(context, member.id, 'ACTIVITY')) ? undefined : onlyOf(context.viewer);
    const wanted: ActivityRequest = { memberId: member.id, size: slice.size, partnerId, below: toWire(below), from: toWire(from) };
    const [coalition, rows] = await Promise.all([
      loadCoalition(context),
      context.load(slice.backwards ? readActivitiesBackwards : readActivities, wanted),
    ]);
    const keys = slice.backwards ? keysBackwards(rows, from) : keysForwards(rows);
    const placed = rows.map((row, at) => ({ row, key: keys[at] ?? [] }));
    return toConnection(
      toPage(placed, slice.size, slice),
      ({ row }) => toActivity(coalition, row),
      ({ key }) => key,
    );
  }
}

/** Whose doings the viewer sees where it does not see all. */
function onlyOf(viewer: Viewer): string {
  return viewer.role === 'PARTNER' ? viewer.partnerId : NO_ID;
}

function known(cut: Cut | undefined): Cut {
  if (cut === undefined) throw badInput('The cursor is not one of this list.');
  return cut;
}

const toWire = (cut: Cut | undefined): ActivityRequest['below'] => cut?.map(([currencyNo, version]) => [currencyNo, version.toString()]);
