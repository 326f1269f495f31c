import { Arg, Ctx, Extensions, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { MemberType } from '../../members/member.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../../platform/graphql/rights.ts';
import { ApproveStepUpInput, DeclineRedemptionInput } from './approval.types.ts';
import { approveRedemption } from './approve-redemption.ts';
import { MOST_AWAITING, readAwaiting } from './redemption.queries.ts';
import { RedemptionPayload, RedemptionType, toRedemption } from './redemption.types.ts';
import { declineRedemption } from './release-redemption.ts';
import { requestChange } from './request-change.ts';

@Resolver(() => MemberType)
export class MemberApprovalResolver {
  @Extensions({ length: MOST_AWAITING })
  @FieldResolver(() => [RedemptionType], {
    description: `Redemptions that wait for the member's approval, the first to end first, ${MOST_AWAITING} at most; for the member and the operator.`,
  })
  async awaitingApproval(@Ctx() context: Context, @Root() { member }: MemberType): Promise<RedemptionType[]> {
    const viewer = viewerAs(context.viewer, 'MEMBER', 'OPERATOR');
    if (viewer.role === 'MEMBER' && viewer.memberId !== member.id) throw forbidden();
    return (await context.load(readAwaiting, member.id)).map(toRedemption);
  }

  @Mutation(() => RedemptionPayload, {
    description:
      'MEMBER: agrees to a redemption of its own that awaits its approval: it is HELD, and the partner may capture it. Whatever else a portal asks of the member before, it asks itself.',
  })
  approveStepUp(
    @Ctx() context: Context,
    @Arg('input', () => ApproveStepUpInput, { description: 'The redemption.' }) input: ApproveStepUpInput,
  ): Promise<RedemptionPayload> {
    return requestChange(context, 'MEMBER', 'approveStepUp', input, approveRedemption);
  }

  @Mutation(() => RedemptionPayload, {
    description: 'MEMBER: turns down a redemption of its own that awaits its approval: it is VOIDED, and the points are back.',
  })
  declineRedemption(
    @Ctx() context: Context,
    @Arg('input', () => DeclineRedemptionInput, { description: 'The redemption.' }) input: DeclineRedemptionInput,
  ): Promise<RedemptionPayload> {
    return requestChange(context, 'MEMBER', 'declineRedemption', input, declineRedemption);
  }
}
