import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { readMovements } from '../lines/movements.queries.ts';
import { readActivity } from './activity.queries.ts';
import { readFlows } from './flow.queries.ts';
import { kpisOf, mayShowTotals } from './kpis.rules.ts';
import { ProgramKpisType, toPartnersKpis, toProgramKpis } from './kpis.types.ts';
import { reportViewer, smallestGroup } from './report-viewer.ts';

@Resolver()
export class KpisResolver {
  @Query(() => ProgramKpisType, {
    description:
      'OPERATOR: what the whole coalition did in a cycle. PARTNER: its own part, and of a closed cycle totals, unless few members are behind what others did.',
  })
  async programKpis(
    @Ctx() context: Context,
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string | null,
  ): Promise<ProgramKpisType> {
    const viewer = await reportViewer(context);
    const cycle = await cycleAskedFor(context, cycleId);
    const [coalition, movements, flows, activity] = await Promise.all([
      loadCoalition(context),
      readMovements(context.db, cycle, ['ISSUANCE', 'JOINT', 'REDEEMED', 'EXPIRED']),
      readFlows(context.db, cycle),
      readActivity(context.db, cycle),
    ]);
    const kpis = kpisOf(coalition, movements, flows, activity);
    if (viewer.role === 'OPERATOR') return toProgramKpis(kpis);
    const { partnerId } = viewer;
    const shown = cycle.status !== 'OPEN' && mayShowTotals(activity, partnerId, await smallestGroup(context, partnerId));
    return toPartnersKpis(kpis, partnerId, !shown);
  }
}
