import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { ClauseInput } from '../../partners/contracts/clauses/clause.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { netOf, OPERATOR, POOL } from '../lines/cycle-line.ts';
import { loadLines } from '../lines/load-lines.ts';
import { compareLines } from './compare-lines.rules.ts';
import { draftToSimulate } from './draft-to-simulate.ts';
import { simulateContract } from './simulate-contract.ts';
import { SimulateContractPayload, toSimulatedLine } from './simulation.types.ts';

@Resolver()
export class SimulationResolver {
  @Query(() => SimulateContractPayload, {
    description:
      'OPERATOR, PARTNER for its own contract: a cycle as it would have come out under other terms of one contract, line by line beside the ' +
      'actual. What was earned, burned, exchanged and sold stays what it was. Writes nothing.',
  })
  async simulateContract(
    @Ctx() context: Context,
    @Arg('contractId', () => ID, { description: 'Id of the contract.' }) contractId: string,
    @Arg('cycleId', () => ID, { description: 'Id of the cycle.' }) cycleId: string,
    @Arg('version', () => Int, {
      nullable: true,
      description: 'Number of a version of the contract; for a partner, one that was proposed.',
    })
    version?: number | null,
    @Arg('clauses', () => [ClauseInput], { nullable: true, description: 'OPERATOR: instead of a version, the terms themselves.' })
    clauses?: readonly ClauseInput[] | null,
  ): Promise<SimulateContractPayload> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const cycle = await cycleAskedFor(context, cycleId);
    const coalition = await loadCoalition(context);
    const wanted = { contractId, version: version ?? undefined, clauses: clauses?.map((clause) => ({ ...clause })) };
    const draft = draftToSimulate(coalition, viewer, wanted, cycle.startsAt);
    if ('refused' in draft) return { lines: [], netPositions: [], userErrors: [toUserError(draft.refused, [])] };
    const { contract, clauses: tried } = draft.done;
    const [current, simulated] = await Promise.all([
      loadLines(context, cycle),
      simulateContract(context.db, coalition, contract, tried, cycle, context.now),
    ]);
    const { settlementCurrency: currency } = coalition.program;
    const seen = coalition.partners.filter(({ id }) => actsForPartner(viewer, id)).map(({ code }) => code);
    const parties = [...seen.sort(), ...(viewer.role === 'OPERATOR' ? [OPERATOR, POOL] : [])];
    return {
      lines: compareLines(current, simulated, coalition.partnerById(contract.partnerId).code).map((line) =>
        toSimulatedLine(line, currency),
      ),
      netPositions: parties.map((party) => ({
        party,
        current: { minor: netOf(current, party), currency },
        simulated: { minor: netOf(simulated, party), currency },
      })),
      userErrors: [],
    };
  }
}
