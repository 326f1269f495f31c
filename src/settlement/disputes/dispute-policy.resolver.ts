import { Arg, Ctx, FieldResolver, Mutation, Resolver } from 'type-graphql';
import { principalOf } from '../../kernel/viewer.ts';
import { ProgramType } from '../../partners/program/program.types.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct, viewerAs } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { readDisputePolicy } from './dispute-policy.queries.ts';
import { DisputePolicyType, SetDisputePolicyInput, SetDisputePolicyPayload } from './dispute-policy.types.ts';
import { setDisputePolicy } from './set-dispute-policy.ts';

@Resolver(() => ProgramType)
export class DisputePolicyResolver {
  @FieldResolver(() => DisputePolicyType, { description: 'OPERATOR, PARTNER: how disputes are answered.' })
  disputePolicy(@Ctx() { viewer, db }: Context): Promise<DisputePolicyType> {
    viewerAs(viewer, 'OPERATOR', 'PARTNER');
    return readDisputePolicy(db);
  }

  @Mutation(() => SetDisputePolicyPayload, {
    description: 'OPERATOR: says how long an answer to a dispute may take from now on, and whether silence accepts it.',
  })
  async setDisputePolicy(
    @Ctx() context: Context,
    @Arg('input', () => SetDisputePolicyInput, { description: 'The policy as a whole.' }) input: SetDisputePolicyInput,
  ): Promise<SetDisputePolicyPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'setDisputePolicy', input);
    const outcome = await transact(context.db, (tx) => setDisputePolicy(tx, attempt, input));
    return 'refused' in outcome ? { userErrors: [toUserError(outcome.refused)] } : { policy: outcome.done, userErrors: [] };
  }
}
