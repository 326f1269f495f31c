import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { transact } from '../../platform/database.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { PointCurrencyType, toPointCurrency } from '../currencies/point-currency.types.ts';
import { loadCoalition } from '../load-coalition.ts';
import { BankAccountType, PartnerType, toPartner } from '../partner.types.ts';
import { configureProgram } from './configure-program.ts';
import { ConfigureProgramInput, ConfigureProgramPayload, ProgramType, SetBankAccountInput, toProgram } from './program.types.ts';
import { setBankAccount } from './set-bank-account.ts';
import { setClock } from './set-clock.ts';

@Resolver(() => ProgramType)
export class ProgramResolver {
  @Query(() => ProgramType, { description: 'OPERATOR, PARTNER, MEMBER: the coalition.' })
  async program(@Ctx() context: Context): Promise<ProgramType> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER', 'MEMBER');
    return toProgram((await loadCoalition(context)).program);
  }

  @FieldResolver(() => [PointCurrencyType], { description: 'Its point currencies, in the order in which they were created.' })
  async currencies(@Ctx() context: Context): Promise<PointCurrencyType[]> {
    return (await loadCoalition(context)).currencies.map(toPointCurrency);
  }

  @FieldResolver(() => [PartnerType], { description: 'Its partners, by code.' })
  async partners(@Ctx() context: Context): Promise<PartnerType[]> {
    return (await loadCoalition(context)).partners.map(toPartner);
  }

  @FieldResolver(() => BankAccountType, { nullable: true, description: "The operator's account, debtor of its payments. OPERATOR." })
  bankAccount(@Ctx() context: Context, @Root() { program }: ProgramType): BankAccountType | undefined {
    viewerAs(context.viewer, 'OPERATOR');
    return program.bankAccount;
  }

  @Mutation(() => ConfigureProgramPayload, {
    description:
      'OPERATOR: sets up the program and restarts its first clearing cycle, until the first posting. An empty database starts as program MAIN, Asia/Shanghai, CNY.',
  })
  async configureProgram(
    @Ctx() context: Context,
    @Arg('input', () => ConfigureProgramInput, { description: 'The program.' }) input: ConfigureProgramInput,
  ): Promise<ConfigureProgramPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'configureProgram',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => configureProgram(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition }) => ({ program: toProgram(coalition.program) }));
  }

  @Mutation(() => ConfigureProgramPayload, { description: 'OPERATOR: says from which bank account the operator pays, at any time.' })
  async setBankAccount(
    @Ctx() context: Context,
    @Arg('input', () => SetBankAccountInput, { description: 'The account.' }) input: SetBankAccountInput,
  ): Promise<ConfigureProgramPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'setBankAccount',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => setBankAccount(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition }) => ({ program: toProgram(coalition.program) }));
  }

  @Mutation(() => DateTime, {
    description:
      "OPERATOR, in sandbox mode only: sets the program's clock, to any instant while nothing is posted, afterwards only forwards. Tokens, holds on sockets and logs keep real time.",
  })
  async setClock(
    @Ctx() context: Context,
    @Arg('now', () => DateTime, { description: 'What the clock is to show.' }) now: Date,
  ): Promise<Date> {
    viewerAs(context.viewer, 'OPERATOR');
    if (!context.sandbox) throw forbidden('The clock can be set in sandbox mode only.');
    const outcome = await transact(context.db, (tx) => setClock(tx, now));
    if ('refused' in outcome) throw badInput(outcome.refused.message);
    return outcome.done;
  }
}
