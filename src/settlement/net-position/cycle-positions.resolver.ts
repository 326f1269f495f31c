import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { ClearingCycleType } from '../cycles/cycle.types.ts';
import { netOf, OPERATOR, POOL } from '../lines/cycle-line.ts';
import { loadLines } from '../lines/load-lines.ts';
import { NetPositionType } from './net-position.types.ts';

@Resolver(() => ClearingCycleType)
export class CyclePositionsResolver {
  @FieldResolver(() => [NetPositionType], {
    description:
      'What every party receives or pays: partners by code, then the operator and the pool; of the open cycle as it would come out now, of a closed one as it was frozen. A partner sees its own.',
  })
  async positions(@Ctx() context: Context, @Root() root: ClearingCycleType): Promise<NetPositionType[]> {
    const { viewer } = context;
    const [{ partners, program }, lines] = await Promise.all([loadCoalition(context), loadLines(context, root.cycle)]);
    const own = partners.filter(({ id }) => viewer.role === 'OPERATOR' || (viewer.role === 'PARTNER' && viewer.partnerId === id));
    const parties = [...own.map(({ code }) => code).sort(), ...(viewer.role === 'OPERATOR' ? [OPERATOR, POOL] : [])];
    return parties.map((party) => ({ party, net: { minor: netOf(lines, party), currency: program.settlementCurrency } }));
  }

  @FieldResolver(() => MoneyType, { description: 'Partners, operator and pool together: always 0.' })
  async sumCheck(@Ctx() context: Context, @Root() root: ClearingCycleType): Promise<MoneyType> {
    const [{ partners, program }, lines] = await Promise.all([loadCoalition(context), loadLines(context, root.cycle)]);
    const parties = [...partners.map(({ code }) => code), OPERATOR, POOL];
    return { minor: parties.reduce((sum, party) => sum + netOf(lines, party), 0n), currency: program.settlementCurrency };
  }
}
