import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { readFlows } from './flow.queries.ts';
import { flowsSeenBy } from './flow.rules.ts';
import { CrossPartnerFlowType, toCrossPartnerFlow } from './flow.types.ts';
import { reportViewer, smallestGroup } from './report-viewer.ts';

@Resolver()
export class FlowResolver {
  @Query(() => [CrossPartnerFlowType], {
    description:
      'OPERATOR: whose points were burned where in a cycle. PARTNER: what was burned at it, and, once the cycle is closed, where else its ' +
      'points were burned: figures of few members are left out, and others with them where a total would tell them.',
  })
  async crossPartnerFlow(
    @Ctx() context: Context,
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string | null,
  ): Promise<CrossPartnerFlowType[]> {
    const viewer = await reportViewer(context);
    const cycle = await cycleAskedFor(context, cycleId);
    const [coalition, flows] = await Promise.all([loadCoalition(context), readFlows(context.db, cycle)]);
    const shown =
      viewer.role === 'OPERATOR'
        ? flows.map((flow) => ({ ...flow, suppressed: false }))
        : flowsSeenBy(flows, {
            partnerId: viewer.partnerId,
            smallestGroup: await smallestGroup(context, viewer.partnerId),
            isOpen: cycle.status === 'OPEN',
          });
    const nameOf = ({ issuer, acceptor, currency }: CrossPartnerFlowType) => `${issuer.code} ${acceptor.code} ${currency.code}`;
    return shown.map((flow) => toCrossPartnerFlow(coalition, flow)).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
}
