import { Arg, Ctx, FieldResolver, ID, Query, Resolver } from 'type-graphql';
import { parseIdOf } from '../../kernel/ids.ts';
import { ProgramType } from '../../partners/program/program.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { ClearingCycleType, toClearingCycle } from './cycle.types.ts';
import { readCycles, readOpenCycle } from './cycles.queries.ts';

@Resolver(() => ProgramType)
export class CyclesResolver {
  @Query(() => ClearingCycleType, {
    nullable: true,
    description: 'OPERATOR, PARTNER: a clearing cycle by its id; the open one when no id is given.',
  })
  async clearingCycle(
    @Ctx() context: Context,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the cycle.' }) id?: string,
  ): Promise<ClearingCycleType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    if (id === undefined || id === null) return this.openCycle(context);
    const stored = parseIdOf('ClearingCycle', id);
    const cycle = stored === undefined ? undefined : await context.load(readCycles, stored);
    return cycle && toClearingCycle(cycle);
  }

  @FieldResolver(() => ClearingCycleType, { description: 'The cycle that postings fall in now.' })
  async openCycle(@Ctx() context: Context): Promise<ClearingCycleType> {
    return toClearingCycle(await context.load(readOpenCycle, 'open'));
  }
}
