import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ContractType } from '../../partners/contracts/contract.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { endingOf } from './ending.rules.ts';
import { ContractMilestoneType } from './milestone.types.ts';
import { milestonesOf } from './milestones.rules.ts';
import { readSteps } from './termination.queries.ts';

@Resolver(() => ContractType)
export class ContractMilestonesResolver {
  @FieldResolver(() => [ContractMilestoneType], {
    description: 'What its end has brought about and will, in the order in which it is due; empty while no end is set.',
  })
  async milestones(@Ctx() context: Context, @Root() { contract, readAt }: ContractType): Promise<ContractMilestoneType[]> {
    const ending = endingOf(contract);
    if (ending === undefined) return [];
    const [coalition, taken] = await Promise.all([loadCoalition(context), context.load(readSteps, contract.id)]);
    return milestonesOf(coalition, ending, taken, readAt);
  }
}
