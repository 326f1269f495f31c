import { Arg, Ctx, Extensions, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner, principalOf, type Viewer } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { MANY_PARTNERS } from '../cycles/cycle.ts';
import { ClearingCycleType, toClearingCycle } from '../cycles/cycle.types.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { OPERATOR, type Party } from '../lines/cycle-line.ts';
import { SettlementParty } from '../lines/settlement-party.types.ts';
import { StatementPayload, StatementType, toStatement } from '../statements/statement.types.ts';
import { readStatements } from '../statements/statements.queries.ts';
import type { Instruction } from './instruction.ts';
import { readInstructions, readInstructionsOf } from './instructions.queries.ts';
import {
  InstructionPayload,
  RecordInstructionPaymentInput,
  RecordSettlementPaymentInput,
  SettlementInstructionType,
  SettlementPaymentType,
  toInstruction,
  toPayment,
} from './payment.types.ts';
import { readPaymentsOf } from './payments.queries.ts';
import { recordPayment, recordStatementPayment } from './record-payment.ts';

@Resolver(() => SettlementInstructionType)
export class PaymentResolver {
  @Mutation(() => StatementPayload, {
    description: 'OPERATOR: records money that was paid for a statement, whole or in part, in either direction.',
  })
  async recordSettlementPayment(
    @Ctx() context: Context,
    @Arg('input', () => RecordSettlementPaymentInput, { description: 'The payment.' }) input: RecordSettlementPaymentInput,
  ): Promise<StatementPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'recordSettlementPayment', input);
    const { amount, bankReference, valueDate } = input;
    const id = parseIdOf('Statement', input.statementId) ?? NO_ID;
    const outcome = await transact(context.db, (tx) => recordStatementPayment(tx, { attempt, amount, bankReference, valueDate }, id));
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    const [coalition, statement] = await Promise.all([loadCoalition(context), context.load(readStatements, outcome.done)]);
    return { ...(statement && { statement: toStatement(coalition, statement) }), userErrors: [] };
  }

  @Mutation(() => InstructionPayload, {
    description: 'OPERATOR: records money that was paid for one payment that was to be made, also for one between two partners.',
  })
  async recordInstructionPayment(
    @Ctx() context: Context,
    @Arg('input', () => RecordInstructionPaymentInput, { description: 'The payment.' }) input: RecordInstructionPaymentInput,
  ): Promise<InstructionPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'recordInstructionPayment', input);
    const { amount, bankReference, valueDate } = input;
    const id = parseIdOf('SettlementInstruction', input.instructionId) ?? NO_ID;
    const outcome = await transact(context.db, async (tx) => {
      const [instruction] = await readInstructions(tx, [id]);
      return recordPayment(tx, { attempt, instruction, field: 'instructionId', amount, bankReference, valueDate });
    });
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    return { instruction: toInstruction(outcome.done, (await loadCoalition(context)).program.settlementCurrency), userErrors: [] };
  }

  @FieldResolver(() => ClearingCycleType, { description: 'The cycle that it settles.' })
  async cycle(@Ctx() context: Context, @Root() { instruction }: SettlementInstructionType): Promise<ClearingCycleType> {
    const cycle = await context.load(readCyclesByNo, instruction.cycleNo);
    if (cycle === undefined) throw new Error(`there is no cycle ${instruction.cycleNo}`);
    return toClearingCycle(cycle);
  }

  @FieldResolver(() => SettlementParty, { description: 'Who pays.' })
  payer(@Ctx() context: Context, @Root() { instruction }: SettlementInstructionType): Promise<Party> {
    return partyOf(context, instruction.payer);
  }

  @FieldResolver(() => SettlementParty, { description: 'Who is paid.' })
  payee(@Ctx() context: Context, @Root() { instruction }: SettlementInstructionType): Promise<Party> {
    return partyOf(context, instruction.payee);
  }

  @FieldResolver(() => [SettlementPaymentType], { description: 'What was paid for it, in the order in which it was recorded.' })
  async payments(@Ctx() context: Context, @Root() { instruction }: SettlementInstructionType): Promise<SettlementPaymentType[]> {
    const [coalition, payments] = await Promise.all([loadCoalition(context), context.load(readPaymentsOf, instruction.id)]);
    return payments.map((payment) => toPayment(payment, coalition.program.settlementCurrency));
  }
}

async function partyOf(context: Context, partnerId: string | null): Promise<Party> {
  return partnerId === null ? OPERATOR : (await loadCoalition(context)).partnerById(partnerId).code;
}

const isShownTo = (viewer: Viewer, { payer, payee }: Instruction): boolean =>
  [payer, payee].some((id) => id !== null && actsForPartner(viewer, id));

@Resolver(() => StatementType)
export class StatementInstructionResolver {
  @FieldResolver(() => SettlementInstructionType, {
    nullable: true,
    description: 'The payment between the operator and the partner that settles it; null when nothing is left to be paid between them.',
  })
  async instruction(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<SettlementInstructionType | undefined> {
    const [coalition, instructions] = await Promise.all([loadCoalition(context), context.load(readInstructionsOf, statement.cycleNo)]);
    const own = instructions.find(({ statementId }) => statementId === statement.id);
    return own && toInstruction(own, coalition.program.settlementCurrency);
  }
}

@Resolver(() => ClearingCycleType)
export class CycleInstructionsResolver {
  @Extensions({ length: MANY_PARTNERS })
  @FieldResolver(() => [SettlementInstructionType], {
    description: 'The payments that are to be made for it; none while it is open. A partner sees those that it pays or receives.',
  })
  async instructions(@Ctx() context: Context, @Root() { cycle }: ClearingCycleType): Promise<SettlementInstructionType[]> {
    const [coalition, instructions] = await Promise.all([loadCoalition(context), context.load(readInstructionsOf, cycle.no)]);
    return instructions
      .filter((one) => isShownTo(context.viewer, one))
      .map((one) => toInstruction(one, coalition.program.settlementCurrency));
  }
}
