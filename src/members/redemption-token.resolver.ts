import { randomBytes } from 'node:crypto';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { principalOf } from '../kernel/viewer.ts';
import { transact } from '../platform/database.ts';
import { toUserError } from '../platform/graphql/common.types.ts';
import type { Context } from '../platform/graphql/context.ts';
import { mayAct } from '../platform/graphql/rights.ts';
import { attemptOf } from '../platform/idempotency.ts';
import { createRedemptionToken } from './create-redemption-token.ts';
import { TOKEN_BYTES, tokenFrom } from './redemption-token.rules.ts';
import { CreateRedemptionTokenInput, CreateRedemptionTokenPayload } from './redemption-token.types.ts';

@Resolver()
export class RedemptionTokenResolver {
  @Mutation(() => CreateRedemptionTokenPayload, {
    description:
      "MEMBER: a token to pay with at a till, once and within a minute of the program's clock. A partner that scans it names the member with it in `holdRedemption`, `payWithExchange` or `redeemReward`. A new one replaces one that was not used.",
  })
  async createRedemptionToken(
    @Ctx() context: Context,
    @Arg('input', () => CreateRedemptionTokenInput, { description: 'The attempt.' }) input: CreateRedemptionTokenInput,
  ): Promise<CreateRedemptionTokenPayload> {
    const may = mayAct(context.viewer, 'MEMBER');
    if ('refused' in may) return { replayed: false, userErrors: [toUserError(may.refused)] };
    const command = {
      attempt: attemptOf(principalOf(may.done), 'createRedemptionToken', input),
      memberId: may.done.memberId,
      value: tokenFrom(randomBytes(TOKEN_BYTES)),
    };
    const outcome = await transact(context.db, (tx) => createRedemptionToken(tx, command));
    if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
    return { token: outcome.done.value, replayed: outcome.done.replayed, userErrors: [] };
  }
}
