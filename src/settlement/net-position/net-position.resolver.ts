import { Arg, Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { cycleAskedFor } from '../cycles/cycle-asked-for.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import { netOf } from '../lines/cycle-line.ts';
import { DraftLineType, toDraftLine } from '../lines/draft-line.types.ts';
import { loadLines } from '../lines/load-lines.ts';

@Resolver(() => PartnerType)
export class NetPositionResolver {
  @FieldResolver(() => MoneyType, {
    description:
      'Sum of the statement lines of a cycle: + the partner receives, - it pays. Of the open cycle, as they would come out now. For the partner itself and the operator.',
  })
  async netPosition(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Arg('cycleId', () => ID, { nullable: true, description: 'Id of the cycle; the open one when left out.' }) cycleId?: string,
  ): Promise<MoneyType> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const cycle = await cycleAskedFor(context, cycleId);
    const [coalition, lines] = await Promise.all([loadCoalition(context), loadLines(context, cycle)]);
    return { minor: netOf(lines, partner.code), currency: coalition.program.settlementCurrency };
  }

  @FieldResolver(() => [DraftLineType], {
    description:
      'The lines of the open cycle as they would come out now; they add up to the net position. For the partner itself and the operator.',
  })
  async draftLines(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<DraftLineType[]> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const [coalition, lines] = await Promise.all([
      loadCoalition(context),
      context.load(readOpenCycle, 'open').then((cycle) => loadLines(context, cycle)),
    ]);
    return lines.flatMap((line) => {
      const share = line.shares.get(partner.code);
      return share === undefined || (share.micros === 0n && share.minor === 0n)
        ? []
        : [toDraftLine(line, share, coalition.program.settlementCurrency)];
    });
  }
}
