import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { loadLines } from '../lines/load-lines.ts';
import { readMovements } from '../lines/movements.queries.ts';
import { redemptionCosts } from './redemption-cost.rules.ts';
import { RedemptionCostType, toRedemptionCost } from './redemption-cost.types.ts';
import { isOwn } from './report-viewer.ts';

@Resolver()
export class RedemptionCostResolver {
  @Query(() => [RedemptionCostType], {
    description:
      'OPERATOR: what burned points cost in a cycle, by code of the partner where they were burned. PARTNER: what it has on its own statement.',
  })
  async redemptionCost(
    @Ctx() context: Context,
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string | null,
  ): Promise<RedemptionCostType[]> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const cycle = await cycleAskedFor(context, cycleId);
    const [coalition, movements, lines] = await Promise.all([
      loadCoalition(context),
      readMovements(context.db, cycle, ['REDEEMED']),
      loadLines(context, cycle),
    ]);
    return redemptionCosts(coalition, movements, lines)
      .filter(({ partner }) => isOwn(viewer, partner.id))
      .map((cost) => toRedemptionCost(cost, coalition.program.settlementCurrency));
  }
}
