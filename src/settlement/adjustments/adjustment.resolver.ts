import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { ClearingCycleType, toClearingCycle } from '../cycles/cycle.types.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { AdjustmentType } from './adjustment.types.ts';

@Resolver(() => AdjustmentType)
export class AdjustmentResolver {
  @FieldResolver(() => ClearingCycleType, { description: 'The cycle in which it counts: the one that was open when it was posted.' })
  async cycle(@Ctx() context: Context, @Root() { adjustment }: AdjustmentType): Promise<ClearingCycleType> {
    const cycle = await context.load(readCyclesByNo, adjustment.cycleNo);
    if (cycle === undefined) throw new Error(`there is no cycle ${adjustment.cycleNo}`);
    return toClearingCycle(cycle);
  }
}
