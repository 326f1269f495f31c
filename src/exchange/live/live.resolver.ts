import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Viewer } from '../../kernel/viewer.ts';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import { findMembers } from '../../members/members.queries.ts';
import { readCoalitions } from '../../partners/load-coalition.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import type { Feed } from '../../platform/live/feed.ts';
import { readTogether } from '../../platform/live/together.ts';
import { BalanceChangeType, BalanceCursorInput } from './balance-change.types.ts';
import { balanceFeed } from './balance-feed.ts';
import { sightOf } from './sight.ts';

interface Wish {
  readonly memberId?: string | null;
  readonly after?: readonly BalanceCursorInput[] | null;
}

@Resolver()
export class LiveBalancesResolver {
  @Subscription(() => BalanceChangeType, {
    description:
      'MEMBER, itself; PARTNER and OPERATOR, with memberId: balances as they change. First comes one snapshot per point currency (resync: true), also of those never used (version 0); ' +
      'the currencies that `after` names are replayed instead, up to 1,000 changes. Then every change, in the order of versions, without gap or repeat, after it is committed. A partner is told what happened where it happened at its own, and everywhere where its data-sharing clause and the member allow it at that time. A subscriber that reads too slowly gets snapshots (resync: true) for what it missed.',
    subscribe: ({ args, context }: { args: Wish; context: Context }) => subscribe(context, args),
  })
  balanceChanged(
    @Root() change: BalanceChangeType,
    @Arg('memberId', () => ID, { nullable: true, description: 'Id of the member; a member leaves it out or names itself.' })
    _memberId?: string,
    @Arg('after', () => [BalanceCursorInput], {
      nullable: true,
      description: 'The last version that the subscriber has, for each currency that it has one of.',
    })
    _after?: BalanceCursorInput[],
  ): BalanceChangeType {
    return change;
  }
}

async function subscribe(context: Context, wish: Wish): Promise<Feed<BalanceChangeType>> {
  const memberId = await memberOf(context, wish.memberId ?? undefined);
  const { coalition } = await readTogether(context.db, readCoalitions, 'now');
  const cursors = new Map<number, bigint>();
  for (const { currency, version } of wish.after ?? []) {
    const no = coalition.currencyOf(currency)?.no;
    if (no === undefined) throw badInput(`There is no point currency ${JSON.stringify(currency)}.`);
    if (version < 0n || cursors.has(no)) throw badInput('`after` names a currency once, with a version that is not negative.');
    cursors.set(no, version);
  }
  return balanceFeed(context.db, { memberId, cursors, sight: sightOf(context, memberId) });
}

/** The stored id of the member whose balances the viewer may follow. */
async function memberOf(context: Context, memberId: string | undefined): Promise<string> {
  const viewer: Viewer = viewerAs(context.viewer, 'MEMBER', 'PARTNER', 'OPERATOR');
  if (memberId === undefined) {
    if (viewer.role !== 'MEMBER') throw badInput('`memberId` says whose balances.');
    return viewer.memberId;
  }
  await forbidAfterTermination(context);
  const [member] = await findMembers(context.db, [{ kind: 'id', value: memberId }]);
  if (member === undefined || (viewer.role === 'MEMBER' && viewer.memberId !== member.id)) throw forbidden();
  return member.id;
}
