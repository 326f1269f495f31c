import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { isFrozen } from '../cycles/cycle.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { loadLines } from '../lines/load-lines.ts';
import { readMovements } from '../lines/movements.queries.ts';
import { readDisputedShares } from './dispute-counts.queries.ts';
import { isOwn, reportViewer } from './report-viewer.ts';
import { readNewMembers } from './scorecard.queries.ts';
import { scorecards } from './scorecard.rules.ts';
import { PartnerScorecardType, toPartnerScorecard } from './scorecard.types.ts';

@Resolver()
export class ScorecardResolver {
  @Query(() => [PartnerScorecardType], { description: 'OPERATOR: how all partners did in a cycle, by code. PARTNER: how it did itself.' })
  async partnerScorecards(
    @Ctx() context: Context,
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string | null,
  ): Promise<PartnerScorecardType[]> {
    const viewer = await reportViewer(context);
    const cycle = await cycleAskedFor(context, cycleId);
    const [coalition, movements, lines, newMembers, disputed] = await Promise.all([
      loadCoalition(context),
      readMovements(context.db, cycle, ['ISSUANCE', 'REDEEMED']),
      loadLines(context, cycle),
      readNewMembers(context.db, cycle),
      readDisputedShares(context.db, [cycle.no]),
    ]);
    return scorecards(coalition, { movements, lines, newMembers, disputed, isFrozen: isFrozen(cycle) })
      .filter(({ partner }) => isOwn(viewer, partner.id))
      .map((card) => toPartnerScorecard(card, coalition.program.settlementCurrency));
  }
}
