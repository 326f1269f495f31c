import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { isFrozen, speakingAt } from '../cycles/cycle.ts';
import { ClearingCycleType } from '../cycles/cycle.types.ts';
import { loadLines } from '../lines/load-lines.ts';
import { readInstructionsOf } from '../payments/instructions.queries.ts';
import { CycleNettingType } from './netting.types.ts';
import { pairsAt } from './netting-pair.ts';
import { readNettingPairs } from './netting-pairs.queries.ts';
import { obligationsOf } from './obligations.rules.ts';
import { savingOf } from './saving.rules.ts';

@Resolver(() => ClearingCycleType)
export class CycleNettingResolver {
  @FieldResolver(() => CycleNettingType, {
    nullable: true,
    description: 'What netting spares; null while it is open. A partner sees its own part.',
  })
  async netting(@Ctx() context: Context, @Root() { cycle }: ClearingCycleType): Promise<CycleNettingType | undefined> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    if (!isFrozen(cycle)) return undefined;
    const [coalition, lines, instructions, pairs] = await Promise.all([
      loadCoalition(context),
      loadLines(context, cycle),
      context.load(readInstructionsOf, cycle.no),
      context.load(readNettingPairs, 'all'),
    ]);
    const own = viewer.role === 'PARTNER' ? viewer.partnerId : undefined;
    const named = pairsAt(pairs, speakingAt(cycle, cycle.cutoff), coalition);
    const saving = savingOf(obligationsOf(lines), named, own && coalition.partnerById(own).code);
    const shown = instructions.filter(({ payer, payee }) => own === undefined || payer === own || payee === own);
    const money = (minor: bigint) => ({ minor, currency: coalition.program.settlementCurrency });
    return {
      gross: money(saving.gross),
      net: money(saving.net),
      saving: money(saving.saving),
      savingBps: saving.savingBps,
      carried: money(shown.reduce((sum, { carriedMinor }) => sum + carriedMinor, 0n)),
      grossPayments: saving.grossPayments,
      payments: shown.filter(({ amountMinor }) => amountMinor > 0n).length,
      pairs: saving.pairs.map(({ a, b, aOwes, bOwes, isNamed }) => ({
        a,
        b,
        aOwes: money(aOwes),
        bOwes: money(bOwes),
        bilateral: isNamed,
      })),
    };
  }
}
