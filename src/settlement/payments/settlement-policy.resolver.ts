import { Arg, Ctx, FieldResolver, Mutation, Resolver } from 'type-graphql';
import { changeCoalition } from '../../partners/change-coalition.ts';
import { toPayload } from '../../partners/change-payload.types.ts';
import { ProgramType, toProgram } from '../../partners/program/program.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { setSettlementPolicy } from './set-settlement-policy.ts';
import { readDefaultAfterDays } from './settlement-policy.queries.ts';
import { SetSettlementPolicyInput, SetSettlementPolicyPayload, SettlementPolicyType } from './settlement-policy.types.ts';

@Resolver(() => ProgramType)
export class SettlementPolicyResolver {
  @FieldResolver(() => SettlementPolicyType, {
    nullable: true,
    description: 'What holds for the payments of all partners; for operators and partners.',
  })
  async settlementPolicy(@Ctx() context: Context): Promise<SettlementPolicyType> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    return { defaultAfterDays: await readDefaultAfterDays(context.db) };
  }

  @Mutation(() => SetSettlementPolicyPayload, { description: 'OPERATOR: says what holds for the payments of all partners.' })
  async setSettlementPolicy(
    @Ctx() context: Context,
    @Arg('input', () => SetSettlementPolicyInput, { description: 'The policy as a whole.' }) input: SetSettlementPolicyInput,
  ): Promise<SetSettlementPolicyPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'setSettlementPolicy',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => setSettlementPolicy(tx, input, moment),
    });
    return toPayload(outcome, ({ coalition }) => ({ program: toProgram(coalition.program) }));
  }
}
