import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { changeCoalition } from '../../partners/change-coalition.ts';
import { toPayload } from '../../partners/change-payload.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { readFundingLimits } from './funding-limits.queries.ts';
import { endNettingPair, nameNettingPair } from './name-netting-pair.ts';
import {
  EndNettingPairInput,
  NameNettingPairInput,
  NettingPairPayload,
  NettingPairType,
  SetFundingLimitInput,
  SetFundingLimitPayload,
  toNettingPair,
} from './netting.types.ts';
import { readNettingPairs } from './netting-pairs.queries.ts';
import { setFundingLimit } from './set-funding-limit.ts';

@Resolver(() => NettingPairType)
export class NettingPairResolver {
  @Query(() => [NettingPairType], {
    nullable: true,
    description:
      'OPERATOR, PARTNER: pairs that settle with each other, those that ended too, in the order in which they were named; a partner sees its own.',
  })
  async nettingPairs(@Ctx() context: Context): Promise<NettingPairType[]> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const pairs = await context.load(readNettingPairs, 'all');
    return pairs
      .filter(({ partnerA, partnerB }) => actsForPartner(viewer, partnerA) || actsForPartner(viewer, partnerB))
      .map(toNettingPair);
  }

  @Mutation(() => NettingPairPayload, {
    description:
      'OPERATOR: two partners settle with each other what they owe each other directly, from the cycle that is open then; everything else goes through the operator.',
  })
  async nameNettingPair(
    @Ctx() context: Context,
    @Arg('input', () => NameNettingPairInput, { description: 'The pair.' }) input: NameNettingPairInput,
  ): Promise<NettingPairPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'nameNettingPair',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => nameNettingPair(tx, input, moment),
    });
    return 'refused' in outcome ? toPayload(outcome, () => ({})) : toPayload(outcome, await pairOf(context, outcome.done.id));
  }

  @Mutation(() => NettingPairPayload, { description: 'OPERATOR: two partners settle through the operator again.' })
  async endNettingPair(
    @Ctx() context: Context,
    @Arg('input', () => EndNettingPairInput, { description: 'The pair.' }) input: EndNettingPairInput,
  ): Promise<NettingPairPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'endNettingPair',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => endNettingPair(tx, input, moment),
    });
    return 'refused' in outcome ? toPayload(outcome, () => ({})) : toPayload(outcome, await pairOf(context, outcome.done.id));
  }

  @FieldResolver(() => [PartnerType], { description: 'The two partners.' })
  async partners(@Ctx() context: Context, @Root() { pair }: NettingPairType): Promise<PartnerType[]> {
    const coalition = await loadCoalition(context);
    return [pair.partnerA, pair.partnerB]
      .map((id) => coalition.partnerById(id))
      .toSorted((one, other) => (one.code < other.code ? -1 : 1))
      .map(toPartner);
  }
}

async function pairOf(context: Context, id: string): Promise<() => { pair?: NettingPairType }> {
  const [pairs = []] = await readNettingPairs(context.db, ['all']);
  return () => Object.fromEntries(pairs.filter((pair) => pair.id === id).map((pair) => ['pair', toNettingPair(pair)]));
}

@Resolver(() => PartnerType)
export class FundingLimitResolver {
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description:
      'Up to what it pays for one cycle; what exceeds it is left to the next. Null without a limit. For the partner itself and the operator.',
  })
  async fundingLimit(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<MoneyType | undefined> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const [coalition, minor] = await Promise.all([loadCoalition(context), context.load(readFundingLimits, partner.id)]);
    return minor === undefined ? undefined : { minor, currency: coalition.program.settlementCurrency };
  }

  @Mutation(() => SetFundingLimitPayload, {
    description: 'OPERATOR: says up to what a partner pays for one cycle, from the next close on.',
  })
  async setFundingLimit(
    @Ctx() context: Context,
    @Arg('input', () => SetFundingLimitInput, { description: 'The limit.' }) input: SetFundingLimitInput,
  ): Promise<SetFundingLimitPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'setFundingLimit',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => setFundingLimit(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition, id }) => ({ partner: toPartner(coalition.partnerById(id)) }));
  }
}
