import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { minorOfMicros } from '../../kernel/money.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { nameOf, payerKeyOf } from '../../members/member-ref.ts';
import { readMembers } from '../../members/members.queries.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { captureRedemption } from './capture-redemption.ts';
import { holdRedemption } from './hold-redemption.ts';
import { reimbursementOf } from './redemption.rules.ts';
import {
  CaptureRedemptionInput,
  HoldRedemptionInput,
  LotAllocationType,
  RedemptionPayload,
  RedemptionType,
  RefundRedemptionInput,
  toRedemptionPayload,
  VoidRedemptionInput,
} from './redemption.types.ts';
import { refundRedemption } from './refund-redemption.ts';
import { voidRedemption } from './release-redemption.ts';
import { requestChange } from './request-change.ts';

/** How long a hold lasts when nothing is said: 15 minutes. */
const DEFAULT_HOLD_SECONDS = 900;

@Resolver(() => RedemptionType)
export class RedemptionResolver {
  @Mutation(() => RedemptionPayload, {
    description:
      "PARTNER: sets a member's points aside for an order. Where the program's policy or the partner says so, the member must approve it before it is captured.",
  })
  async holdRedemption(
    @Ctx() context: Context,
    @Arg('input', () => HoldRedemptionInput, { description: 'The points and the order.' }) input: HoldRedemptionInput,
  ): Promise<RedemptionPayload> {
    const coalition = await loadCoalition(context);
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return toRedemptionPayload(may, coalition);
    const { partnerId } = may.done;
    const attempt = attemptOf(principalOf(may.done), 'holdRedemption', input);
    const { currency, points, orderExternalId } = input;
    const [holdSeconds, channel] = [input.holdSeconds ?? DEFAULT_HOLD_SECONDS, input.channel ?? 'PARTNER_API'];
    const place = { channel, locationId: input.locationId ?? undefined };
    const command = {
      attempt,
      partnerId,
      member: payerKeyOf(input.member, partnerId),
      currency,
      points,
      orderExternalId,
      holdSeconds,
      memberApproval: input.memberApproval ?? false,
      ...place,
    };
    return toRedemptionPayload(
      await transactTogether(context.db, nameOf(command.member), (tx) =>
        holdRedemption(tx, { ...command, orderAmount: input.orderAmount ?? undefined }),
      ),
      coalition,
    );
  }

  @Mutation(() => RedemptionPayload, { description: 'PARTNER: burns points of its own hold, all or a part; the rest goes back.' })
  captureRedemption(
    @Ctx() context: Context,
    @Arg('input', () => CaptureRedemptionInput, { description: 'The hold.' }) input: CaptureRedemptionInput,
  ): Promise<RedemptionPayload> {
    return requestChange(context, 'PARTNER', 'captureRedemption', input, (tx, redemption) =>
      captureRedemption(tx, { ...redemption, points: input.points ?? undefined }),
    );
  }

  @Mutation(() => RedemptionPayload, { description: 'PARTNER: gives the points of its own hold back.' })
  voidRedemption(
    @Ctx() context: Context,
    @Arg('input', () => VoidRedemptionInput, { description: 'The hold.' }) input: VoidRedemptionInput,
  ): Promise<RedemptionPayload> {
    return requestChange(context, 'PARTNER', 'voidRedemption', input, voidRedemption);
  }

  @Mutation(() => RedemptionPayload, { description: 'PARTNER: gives burned points back, with their expiry, at the rate of the capture.' })
  refundRedemption(
    @Ctx() context: Context,
    @Arg('input', () => RefundRedemptionInput, { description: 'The redemption.' }) input: RefundRedemptionInput,
  ): Promise<RedemptionPayload> {
    return requestChange(context, 'PARTNER', 'refundRedemption', input, (tx, redemption) =>
      refundRedemption(tx, { ...redemption, points: input.points ?? undefined }),
    );
  }

  @FieldResolver(() => PartnerType, { description: 'The partner that accepts the points.' })
  partner(@Ctx() context: Context, @Root() { redemption }: RedemptionType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(redemption.partnerId)));
  }

  @FieldResolver(() => MemberType, { description: 'The member who pays; masked for partners.' })
  async member(@Ctx() context: Context, @Root() { redemption }: RedemptionType): Promise<MemberType> {
    const member = await context.load(readMembers, redemption.memberId);
    if (member === undefined) throw new Error(`member ${redemption.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points.' })
  currency(@Ctx() context: Context, @Root() { redemption }: RedemptionType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(redemption.currencyNo)));
  }

  @FieldResolver(() => MoneyType, {
    description:
      'What the points are worth as payment: held, after the capture captured, points x reimbursement rate, rounded half away from zero.',
  })
  async tenderValue(@Ctx() context: Context, @Root() { redemption }: RedemptionType): Promise<MoneyType> {
    const { settlementCurrency: currency } = (await loadCoalition(context)).program;
    return { minor: minorOfMicros(reimbursementOf(redemption.allocations), currency), currency };
  }
}

@Resolver(() => LotAllocationType)
export class LotAllocationResolver {
  @FieldResolver(() => PartnerType, { nullable: true, description: 'The partner that issued the points.' })
  issuer(@Ctx() context: Context, @Root() { issuerId }: LotAllocationType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(issuerId)));
  }
}
