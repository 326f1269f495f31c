import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner, principalOf, type Viewer } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { ClearingCycleType } from '../cycles/cycle.types.ts';
import { OPERATOR, type Party } from '../lines/cycle-line.ts';
import { SettlementParty } from '../lines/settlement-party.types.ts';
import { StatementPayload, StatementType, toStatement } from '../statements/statement.types.ts';
import type { Instruction } from './instruction.ts';
import { readInstructionsOf } from './instructions.queries.ts';
import {
  RecordSettlementPaymentInput,
  SettlementInstructionType,
  SettlementPaymentType,
  toInstruction,
  toPayment,
} from './payment.types.ts';
import { readPaymentsOf } from './payments.queries.ts';
import { recordPayment } from './record-payment.ts';

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
    const statementId = parseIdOf('Statement', input.statementId) ?? NO_ID;
    const outcome = await transact(context.db, (tx) => recordPayment(tx, { attempt, statementId, amount, bankReference, valueDate }));
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    return { statement: toStatement(await loadCoalition(context), outcome.done), userErrors: [] };
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
  @FieldResolver(() => SettlementInstructionType, { nullable: true, description: 'The payment that settles it; null when its net is 0.' })
  async instruction(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<SettlementInstructionType | undefined> {
    const [coalition, instructions] = await Promise.all([loadCoalition(context), context.load(readInstructionsOf, statement.cycleNo)]);
    const own = instructions.find(({ statementId }) => statementId === statement.id);
    return own && toInstruction(own, coalition.program.settlementCurrency);
  }
}

@Resolver(() => ClearingCycleType)
export class CycleInstructionsResolver {
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
