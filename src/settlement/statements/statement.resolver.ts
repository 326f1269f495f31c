import { Arg, Args, Ctx, Extensions, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner, principalOf } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { MANY_PARTNERS } from '../cycles/cycle.ts';
import { ClearingCycleType, toClearingCycle } from '../cycles/cycle.types.ts';
import { readCycles, readCyclesByNo } from '../cycles/cycles.queries.ts';
import { acceptStatement } from './accept-statement.ts';
import { sliceByNumber } from './slice-by-number.ts';
import {
  StatementConnection,
  StatementLineConnection,
  type StatementLineType,
  StatementPayload,
  StatementRefInput,
  StatementType,
  toStatement,
  toStatementLine,
} from './statement.types.ts';
import { readLinesOf, readStatementsOf, readStatementsOfPartners } from './statements.queries.ts';

@Resolver(() => StatementType)
export class StatementResolver {
  @Mutation(() => StatementPayload, {
    description: 'PARTNER: agrees with its statement, which cannot be disputed any more then. Repeating it changes nothing.',
  })
  async acceptStatement(
    @Ctx() context: Context,
    @Arg('input', () => StatementRefInput, { description: 'The statement.' }) input: StatementRefInput,
  ): Promise<StatementPayload> {
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'acceptStatement', input);
    const id = parseIdOf('Statement', input.statementId) ?? NO_ID;
    const outcome = await transact(context.db, (tx) => acceptStatement(tx, attempt, id, may.done.partnerId));
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    return { statement: toStatement(await loadCoalition(context), outcome.done), userErrors: [] };
  }

  @FieldResolver(() => PartnerType, { description: 'Whose it is.' })
  async partner(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(statement.partnerId));
  }

  @FieldResolver(() => ClearingCycleType, { description: 'What it is for.' })
  async cycle(@Ctx() context: Context, @Root() { statement }: StatementType): Promise<ClearingCycleType> {
    const cycle = await context.load(readCyclesByNo, statement.cycleNo);
    if (cycle === undefined) throw new Error(`there is no cycle ${statement.cycleNo}`);
    return toClearingCycle(cycle);
  }

  @FieldResolver(() => StatementLineConnection, { description: 'Its lines, in their order; they add up to its net.' })
  async lines(
    @Ctx() context: Context,
    @Root() { statement }: StatementType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<StatementLineType>> {
    const slice = readPage(page, 1);
    const [coalition, lines] = await Promise.all([loadCoalition(context), context.load(readLinesOf, statement.id)]);
    const shown = sliceByNumber(lines, ({ no }) => no, slice);
    return toConnection(
      toPage(shown, slice.size, slice),
      (line) => toStatementLine(coalition, line),
      ({ no }) => [no],
    );
  }
}

@Resolver(() => PartnerType)
export class PartnerStatementsResolver {
  @FieldResolver(() => StatementType, {
    nullable: true,
    description: 'Its statement of a cycle; null while the cycle is open. For the partner itself and the operator.',
  })
  async statement(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Arg('cycleId', () => ID, { description: 'Id of the cycle.' }) cycleId: string,
  ): Promise<StatementType | undefined> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const cycle = await context.load(readCycles, parseIdOf('ClearingCycle', cycleId) ?? NO_ID);
    if (cycle === undefined) return undefined;
    const statement = (await context.load(readStatementsOf, cycle.no)).find(({ partnerId }) => partnerId === partner.id);
    return statement && toStatement(await loadCoalition(context), statement);
  }

  @FieldResolver(() => StatementConnection, { description: 'Its statements, the latest first. For the partner itself and the operator.' })
  async statements(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<StatementType>> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const slice = readPage(page, 1);
    const [coalition, statements] = await Promise.all([loadCoalition(context), context.load(readStatementsOfPartners, partner.id)]);
    const shown = sliceByNumber(statements, ({ cycleNo }) => -cycleNo, slice);
    return toConnection(
      toPage(shown, slice.size, slice),
      (one) => toStatement(coalition, one),
      ({ cycleNo }) => [-cycleNo],
    );
  }
}

@Resolver(() => ClearingCycleType)
export class CycleStatementsResolver {
  @Extensions({ length: MANY_PARTNERS })
  @FieldResolver(() => [StatementType], { description: 'Its statements by partner; none while it is open. A partner sees its own.' })
  async statements(@Ctx() context: Context, @Root() { cycle }: ClearingCycleType): Promise<StatementType[]> {
    const [coalition, statements] = await Promise.all([loadCoalition(context), context.load(readStatementsOf, cycle.no)]);
    return statements.filter(({ partnerId }) => actsForPartner(context.viewer, partnerId)).map((one) => toStatement(coalition, one));
  }
}
