import { Arg, Args, Ctx, Extensions, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import { readMembers } from '../../members/members.queries.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { readAccruals } from '../accrual/accrual.queries.ts';
import { AccrualType, toAccrual } from '../accrual/accrual.types.ts';
import { maySee } from '../transaction-nodes.ts';
import { MOST_LOTS, readChildren, readHistories, readLotPages, readParents, readRoots } from './lineage.queries.ts';
import type { LotChain, LotEdge, StoredLot } from './lot.ts';
import { LotConnection, LotEventType, LotOriginType, LotPartType, LotType, toLot, toLotEvent, toLotOrigin } from './lot.types.ts';
import { seeLot } from './see-lot.ts';

const PART = { nullable: true, description: `How many at most: 20 unless given, up to ${MOST_LOTS}.` };

function mostOf(first: number | null | undefined): number {
  const most = first ?? 20;
  if (most < 0 || most > MOST_LOTS) throw badInput(`\`first\` must be between 0 and ${MOST_LOTS}.`);
  return most;
}

/** The parts whose lot at the other end the viewer sees. */
async function partsOf(context: Context, lot: StoredLot, edges: readonly LotEdge[], end: 'parentId' | 'childId'): Promise<LotPartType[]> {
  const known = end === 'parentId' ? chainAbove(lot) : chainBelow(lot);
  const lots = await Promise.all(edges.map((edge) => seeLot(context, edge[end], known)));
  return edges.flatMap(({ points }, at) => {
    const other = lots[at];
    return other === undefined ? [] : [{ lot: other, points }];
  });
}

/** What is known of the chain of a lot by one below it, and by the one right above it. */
const chainAbove = ({ issuer, memberId }: StoredLot): LotChain => ({ issuers: [issuer], holdersBelow: [memberId], holdersAbove: [] });
const chainBelow = ({ issuer, memberId }: StoredLot): LotChain => ({ issuers: [issuer], holdersBelow: [], holdersAbove: [memberId] });

@Resolver(() => LotType)
export class LotResolver {
  @FieldResolver(() => MemberType, { nullable: true, description: 'Whose points they are: masked for partners, null to other members.' })
  async member(@Ctx() context: Context, @Root() { lot, sight }: LotType): Promise<MemberType | undefined> {
    if (context.viewer.role === 'MEMBER' && sight !== 'FULL') return undefined;
    const member = await context.load(readMembers, lot.memberId);
    if (member === undefined) throw new Error(`member ${lot.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The point currency.' })
  currency(@Ctx() context: Context, @Root() { lot }: LotType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(lot.currencyNo)));
  }

  @FieldResolver(() => PartnerType, { description: 'Who issued the points, and pays for what was not funded.' })
  issuer(@Ctx() context: Context, @Root() { lot }: LotType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(lot.issuer)));
  }

  @FieldResolver(() => [LotPartType], {
    description: 'The lots that its points came from, of those that the viewer sees; none where they were earned.',
  })
  async parents(
    @Ctx() context: Context,
    @Root() { lot }: LotType,
    @Arg('first', () => Int, PART) first?: number | null,
  ): Promise<LotPartType[]> {
    return partsOf(context, lot, await context.load(readParents, { lotId: lot.id, most: mostOf(first) }), 'parentId');
  }

  @FieldResolver(() => [LotPartType], { description: 'The lots that points of it went into, of those that the viewer sees.' })
  async children(
    @Ctx() context: Context,
    @Root() { lot }: LotType,
    @Arg('first', () => Int, PART) first?: number | null,
  ): Promise<LotPartType[]> {
    return partsOf(context, lot, await context.load(readChildren, { lotId: lot.id, most: mostOf(first) }), 'childId');
  }

  @FieldResolver(() => [LotEventType], {
    description: 'What happened to it last, oldest first; empty where it is seen in a chain only.',
  })
  async history(
    @Ctx() context: Context,
    @Root() { lot, sight }: LotType,
    @Arg('first', () => Int, PART) first?: number | null,
  ): Promise<LotEventType[]> {
    const most = mostOf(first);
    if (sight !== 'FULL') return [];
    const [coalition, changes] = await Promise.all([loadCoalition(context), context.load(readHistories, { lotId: lot.id, most })]);
    return changes.map((change) => toLotEvent(coalition, change));
  }

  @FieldResolver(() => [LotOriginType], {
    description:
      'Where its points began, through exchanges, transfers and refunds: 50 steps and 1,000 lots back at most. Its own for a lot that was earned.',
  })
  @Extensions({ work: MOST_LOTS })
  async origins(
    @Ctx() context: Context,
    @Root() { lot }: LotType,
    @Arg('first', () => Int, PART) first?: number | null,
  ): Promise<LotOriginType[]> {
    // Of somebody else's lot a member sees that its points came from there, not where that had them from.
    if (context.viewer.role === 'MEMBER' && context.viewer.memberId !== lot.memberId) return [];
    const most = mostOf(first);
    const [coalition, all] = await Promise.all([loadCoalition(context), context.load(readRoots, lot.id)]);
    const roots = all.slice(0, most);
    const seen = await Promise.all(roots.map(({ lotId }) => seeLot(context, lotId, chainAbove(lot))));
    return roots.flatMap((root, at) => {
      const first = seen[at];
      return first === undefined ? [] : [toLotOrigin(coalition, root, first.lot)];
    });
  }
}

@Resolver(() => LotOriginType)
export class LotOriginResolver {
  @FieldResolver(() => AccrualType, {
    nullable: true,
    description: 'The accrual; null where there was none, or where it is not for the viewer.',
  })
  async accrual(@Ctx() context: Context, @Root() { accrualId }: LotOriginType): Promise<AccrualType | undefined> {
    const accrual = accrualId === undefined ? undefined : await context.load(readAccruals, accrualId);
    return accrual !== undefined && maySee(context.viewer, accrual) ? toAccrual(accrual) : undefined;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idOf(key: readonly (string | number)[] | undefined): string | undefined {
  const [id] = key ?? [];
  if (id !== undefined && (typeof id !== 'string' || !UUID.test(id))) throw badInput('The cursor is not one of this list.');
  return id;
}

@Resolver(() => MemberType)
export class MemberLotsResolver {
  @FieldResolver(() => LotConnection, { description: "The member's lots, newest first; for a partner those that it issued." })
  async lots(
    @Ctx() context: Context,
    @Root() { member }: MemberType,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('currency', () => String, { nullable: true, description: 'Code of the only point currency that is wanted.' }) code?: string | null,
    @Arg('onlyOpen', () => Boolean, { defaultValue: false, description: 'Whether only lots with points left are wanted.' })
    onlyOpen?: boolean,
  ): Promise<Connection<LotType>> {
    await forbidAfterTermination(context);
    const { viewer } = context;
    const slice = readPage(args, 1);
    const currency = code === undefined || code === null ? undefined : (await loadCoalition(context)).currencyOf(code);
    if (code !== undefined && code !== null && currency === undefined) throw badInput(`There is no point currency ${code}.`);
    const rows = await context.load(readLotPages, {
      memberId: member.id,
      currencyNo: currency?.no,
      onlyOpen: onlyOpen === true,
      issuer: viewer.role === 'PARTNER' ? viewer.partnerId : undefined,
      size: slice.size,
      after: idOf(slice.after),
      before: idOf(slice.before),
      backwards: slice.backwards,
    });
    return toConnection(
      toPage(rows, slice.size, slice),
      (lot) => toLot(lot, 'FULL', viewer.role === 'MEMBER'),
      ({ id }) => [id],
    );
  }
}
