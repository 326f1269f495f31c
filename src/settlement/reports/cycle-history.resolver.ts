import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { badInput, type Connection, connectionOf, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { ClearingCycleType, toClearingCycle } from '../cycles/cycle.types.ts';
import { readCycleHistory } from '../cycles/cycles.queries.ts';

const ClearingCycleConnection = connectionOf('ClearingCycle', () => ClearingCycleType);

@Resolver()
export class CycleHistoryResolver {
  @Query(() => ClearingCycleConnection, {
    description:
      'OPERATOR, PARTNER: all clearing cycles, newest first, beginning with the open one: with their positions, who owed what as time went by.',
  })
  async clearingCycles(@Ctx() context: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<ClearingCycleType>> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    const slice = readPage(page, 1);
    const cycles = await readCycleHistory(context.db, {
      below: numberIn(slice.after),
      above: numberIn(slice.before),
      backwards: slice.backwards,
      limit: slice.size + 1,
    });
    return toConnection(toPage(cycles, slice.size, slice), toClearingCycle, ({ no }) => [no]);
  }
}

function numberIn(cursor: readonly (string | number)[] | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const no = Number(cursor[0]);
  if (!Number.isInteger(no) || Math.abs(no) > 2_147_483_647) throw badInput('The cursor is not one of this list.');
  return no;
}
