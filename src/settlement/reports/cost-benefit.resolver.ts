import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { readSaleSums } from '../lines/cycle-sums.queries.ts';
import { loadLines } from '../lines/load-lines.ts';
import { partnersReturn, returnTogether } from './cost-benefit.rules.ts';
import { CostBenefitPayload, toPartnerReturn, toProgramReturn, UpliftInput } from './cost-benefit.types.ts';
import { readUplifts, upliftMinor } from './uplift.rules.ts';

@Resolver()
export class CostBenefitResolver {
  @Query(() => CostBenefitPayload, {
    description:
      'OPERATOR: what the programme cost partners in a cycle by their statement lines, against the revenue that it brought them, and the return on it. PARTNER: its own.',
  })
  async costBenefit(
    @Ctx() context: Context,
    @Arg('uplifts', () => [UpliftInput], { description: 'What it brought whom.' }) given: readonly UpliftInput[],
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string | null,
  ): Promise<CostBenefitPayload> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const cycle = await cycleAskedFor(context, cycleId);
    const coalition = await loadCoalition(context);
    const uplifts = readUplifts(coalition, given);
    if ('refused' in uplifts) return { partners: [], userErrors: [toUserError(uplifts.refused, [])] };
    if (uplifts.done.some(({ partner }) => !actsForPartner(context.viewer, partner.id))) throw forbidden();
    const [lines, sales] = await Promise.all([
      loadLines(context, cycle),
      uplifts.done.some(({ by }) => 'salesBps' in by) ? readSaleSums(context.db, cycle) : [],
    ]);
    const soldBy = (id: string) => sales.reduce((sum, { partnerId, netMinor }) => (partnerId === id ? sum + netMinor : sum), 0n);
    const returns = uplifts.done.map((uplift) => partnersReturn(uplift.partner, lines, upliftMinor(uplift, soldBy(uplift.partner.id))));
    const { settlementCurrency } = coalition.program;
    return {
      partners: returns.map((one) => toPartnerReturn(one, settlementCurrency)),
      program: toProgramReturn(returnTogether(returns), settlementCurrency),
      userErrors: [],
    };
  }
}
