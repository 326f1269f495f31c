import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { principalOf } from '../../kernel/viewer.ts';
import { actingKey } from '../../members/acting-member.ts';
import { nameOf } from '../../members/member-ref.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { donatePoints } from './donate-points.ts';
import { DonateInput } from './donation.types.ts';
import { RedemptionPayload, toRedemptionPayload } from './redemption.types.ts';

@Resolver()
export class DonationResolver {
  @Mutation(() => RedemptionPayload, {
    description: 'MEMBER (own points), OPERATOR (for a member): gives points to a charity. The charity is reimbursed, and may refund them.',
  })
  async donatePoints(
    @Ctx() context: Context,
    @Arg('input', () => DonateInput, { description: 'The points and the charity.' }) input: DonateInput,
  ): Promise<RedemptionPayload> {
    const coalition = await loadCoalition(context);
    const may = mayAct(context.viewer, 'MEMBER', 'OPERATOR');
    if ('refused' in may) return toRedemptionPayload(may, coalition);
    const { charity, currency, points } = input;
    const donation = {
      attempt: attemptOf(principalOf(may.done), 'donatePoints', input),
      viewer: may.done,
      member: actingKey(may.done, input.member),
      charity,
      currency,
      points,
      note: input.note ?? undefined,
      channel: input.channel ?? 'APP',
      locationId: input.locationId ?? undefined,
    };
    return toRedemptionPayload(await transactTogether(context.db, nameOf(donation.member), (tx) => donatePoints(tx, donation)), coalition);
  }
}
