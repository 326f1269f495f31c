import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct, viewerAs } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { SettlementPaymentType, toPayment } from '../payments/payment.types.ts';
import { readPaymentsFound } from '../payments/payments.queries.ts';
import { assignBankEntry } from './assign-bank-entry.ts';
import { readUnmatched } from './bank-entries.queries.ts';
import {
  AssignBankEntryInput,
  AssignBankEntryPayload,
  BankEntryConnection,
  BankEntryType,
  MatchBankStatementInput,
  MatchBankStatementPayload,
  toBankEntry,
} from './bank-statement.types.ts';
import { matchBankStatement } from './match-bank-statement.ts';

@Resolver(() => BankEntryType)
export class BankStatementResolver {
  @Mutation(() => MatchBankStatementPayload, {
    description:
      'OPERATOR: takes a camt.053 bank statement and records what its booked entries pay. Sending entries again, alone or in another statement, changes nothing.',
  })
  async matchBankStatement(
    @Ctx() context: Context,
    @Arg('input', () => MatchBankStatementInput, { description: 'The statement.' }) input: MatchBankStatementInput,
  ): Promise<MatchBankStatementPayload> {
    const none = { matched: [], unmatched: [], ignored: [] };
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { ...none, userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'matchBankStatement', input);
    const outcome = await transact(context.db, (tx) => matchBankStatement(tx, attempt, input.content));
    if ('refused' in outcome) return { ...none, userErrors: [toUserError(outcome.refused)] };
    const { settlementCurrency } = (await loadCoalition(context)).program;
    const entries = outcome.done.taken.map((entry) => toBankEntry(entry, settlementCurrency));
    return {
      matched: entries.filter(({ matched }) => matched.minor > 0n),
      unmatched: entries.filter(({ unmatched }) => unmatched.minor > 0n),
      ignored: outcome.done.ignored,
      userErrors: [],
    };
  }

  @Mutation(() => AssignBankEntryPayload, {
    description:
      'OPERATOR: says by hand what a bank entry was for. It pays up to what is outstanding; the rest of the entry stays unmatched.',
  })
  async assignBankEntry(
    @Ctx() context: Context,
    @Arg('input', () => AssignBankEntryInput, { description: 'The entry, and what it pays.' }) input: AssignBankEntryInput,
  ): Promise<AssignBankEntryPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'assignBankEntry', input);
    const entryId = parseIdOf('BankEntry', input.entryId) ?? NO_ID;
    const instructionId = parseIdOf('SettlementInstruction', input.instructionId) ?? NO_ID;
    const outcome = await transact(context.db, (tx) => assignBankEntry(tx, { attempt, entryId, instructionId }));
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    return { entry: toBankEntry(outcome.done, (await loadCoalition(context)).program.settlementCurrency), userErrors: [] };
  }

  @Query(() => BankEntryConnection, {
    nullable: true,
    description: 'OPERATOR: bank entries of which something is not matched, in the order in which they were taken.',
  })
  async unmatchedBankEntries(@Ctx() context: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<BankEntryType>> {
    viewerAs(context.viewer, 'OPERATOR');
    const slice = readPage(page, 1);
    const [coalition, entries] = await Promise.all([loadCoalition(context), readUnmatched(context.db, slice)]);
    return toConnection(
      toPage(entries, slice.size, slice),
      (entry) => toBankEntry(entry, coalition.program.settlementCurrency),
      ({ no }) => [Number(no)],
    );
  }

  @FieldResolver(() => [SettlementPaymentType], { description: 'The payments that were recorded from it.' })
  async payments(@Ctx() context: Context, @Root() { entry }: BankEntryType): Promise<SettlementPaymentType[]> {
    const [coalition, payments] = await Promise.all([loadCoalition(context), context.load(readPaymentsFound, entry.id)]);
    return payments.map((payment) => toPayment(payment, coalition.program.settlementCurrency));
  }
}
