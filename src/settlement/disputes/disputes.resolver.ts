import { Ctx, Extensions, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { loadCoalition, readCoalitionOnce } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { AdjustmentType, toAdjustment } from '../adjustments/adjustment.types.ts';
import { readAdjustmentsById } from '../adjustments/adjustments.queries.ts';
import { ClearingCycleType } from '../cycles/cycle.types.ts';
import { readEntries } from '../entries/entries.queries.ts';
import { LedgerEntryType, toLedgerEntry } from '../entries/ledger-entry.types.ts';
import { SettlementInstructionType } from '../payments/payment.types.ts';
import { StatementLineType, StatementType, toStatementLine } from '../statements/statement.types.ts';
import { readStatementLines } from '../statements/statements.queries.ts';
import { DisputeStepType, DisputeType, toDispute, toDisputeStep } from './dispute.types.ts';
import { readStepsOf } from './dispute-steps.queries.ts';
import { countOpenDisputes, readDisputedMinor, readDisputesOf, readUndecidedMinor } from './disputes.queries.ts';
import { MOST_OF_A_LINE } from './open-dispute.ts';

const currencyOf = async (context: Context): Promise<string> => (await loadCoalition(context)).program.settlementCurrency;

@Resolver(() => DisputeType)
export class DisputeResolver {
  @FieldResolver(() => StatementLineType, { description: 'What is disputed.' })
  async line(@Ctx() context: Context, @Root() { dispute }: DisputeType): Promise<StatementLineType> {
    const [coalition, line] = await Promise.all([loadCoalition(context), context.load(readStatementLines, dispute.shareId)]);
    if (line === undefined) throw new Error(`share ${dispute.shareId} is not on a statement`);
    return toStatementLine(coalition, line);
  }

  @FieldResolver(() => PartnerType, { description: 'Whose statement it is.' })
  async partner(@Ctx() context: Context, @Root() { dispute }: DisputeType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(dispute.partnerId));
  }

  @FieldResolver(() => AdjustmentType, { nullable: true, description: 'What was posted when it was accepted.' })
  async adjustment(@Ctx() context: Context, @Root() { dispute }: DisputeType): Promise<AdjustmentType | undefined> {
    if (dispute.adjustmentId === null) return undefined;
    const adjustment = await context.load(readAdjustmentsById, dispute.adjustmentId);
    return adjustment && toAdjustment(adjustment, await currencyOf(context));
  }

  @FieldResolver(() => [DisputeStepType], { description: 'All that was done with it, in order: evidence, requests and decisions.' })
  async history(@Ctx() context: Context, @Root() { dispute }: DisputeType): Promise<DisputeStepType[]> {
    const [currency, steps] = await Promise.all([currencyOf(context), context.load(readStepsOf, dispute.id)]);
    return steps.map((step) => toDisputeStep(step, currency));
  }
}

@Resolver(() => DisputeStepType)
export class DisputeStepResolver {
  @FieldResolver(() => [LedgerEntryType], { description: 'Ledger entries that the partner showed with it.' })
  async entries(@Ctx() context: Context, @Root() { step }: DisputeStepType): Promise<LedgerEntryType[]> {
    const coalition = await loadCoalition(context);
    const entries = await Promise.all(step.entryIds.map((id) => context.load(readEntries, id)));
    return entries.flatMap((entry) => (entry === undefined ? [] : [toLedgerEntry(coalition, entry)]));
  }
}

@Resolver(() => StatementType)
export class StatementDisputesResolver {
  @Extensions({ length: MOST_OF_A_LINE })
  @FieldResolver(() => [DisputeType], { description: 'Disputes of its lines, in the order in which they were opened.' })
  async disputes(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<DisputeType[]> {
    const [{ coalition, now }, disputes] = await Promise.all([readCoalitionOnce(context), context.load(readDisputesOf, statement.id)]);
    return disputes.map((dispute) => toDispute(dispute, coalition.program.settlementCurrency, now));
  }

  @FieldResolver(() => MoneyType, { description: 'What of it is disputed and not decided yet; never negative.' })
  async disputedAmount(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<MoneyType> {
    return { minor: await context.load(readUndecidedMinor, statement.id), currency: await currencyOf(context) };
  }
}

@Resolver(() => StatementLineType)
export class LineDisputesResolver {
  @Extensions({ length: MOST_OF_A_LINE })
  @FieldResolver(() => [DisputeType], { description: 'Its disputes, in the order in which they were opened.' })
  async disputes(@Ctx() context: Context, @Root() { line }: StatementLineType): Promise<DisputeType[]> {
    const [{ coalition, now }, disputes] = await Promise.all([readCoalitionOnce(context), context.load(readDisputesOf, line.statementId)]);
    return disputes
      .filter(({ shareId }) => shareId === line.id)
      .map((dispute) => toDispute(dispute, coalition.program.settlementCurrency, now));
  }
}

@Resolver(() => SettlementInstructionType)
export class DisputedInstructionResolver {
  @FieldResolver(() => MoneyType, {
    description: 'What is left to pay and not disputed: a partner that pays need not pay what it disputes before that is decided.',
  })
  async undisputed(@Ctx() context: Context, @Root() { instruction }: SettlementInstructionType): Promise<MoneyType> {
    const { id, amountMinor, paidMinor } = instruction;
    const left = amountMinor - paidMinor - (await context.load(readDisputedMinor, id));
    return { minor: left < 0n ? 0n : left, currency: await currencyOf(context) };
  }
}

@Resolver(() => ClearingCycleType)
export class CycleDisputesResolver {
  @FieldResolver(() => Int, { description: 'How many disputes of it are not decided; a partner sees how many of its own.' })
  openDisputes(@Ctx() { viewer, load }: Context, @Root() { cycle }: ClearingCycleType): Promise<number> {
    return load(countOpenDisputes, { cycleNo: cycle.no, partnerId: viewer.role === 'PARTNER' ? viewer.partnerId : null });
  }
}
