import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { loadCoalition } from '../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../partners/partner.types.ts';
import { badInput } from '../platform/graphql/connection.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../platform/graphql/rights.ts';
import { maskEmail, maskName, maskPhone } from './identity.rules.ts';
import { ConsentType, MemberKeyEnum, MemberRefInput, MemberType, toMember } from './member.types.ts';
import { keyOf } from './member-ref.ts';
import { forbidAfterTermination, seesInFull } from './member-sight.ts';
import { findMembers, readConsents, readMembers } from './members.queries.ts';

const MASKED = 'masked for a partner unless its data-sharing clause and the member allow it';

@Resolver(() => MemberType)
export class MemberResolver {
  @Query(() => MemberType, { nullable: true, description: 'MEMBER: the member who asks.' })
  async me(@Ctx() context: Context): Promise<MemberType | undefined> {
    const { memberId } = viewerAs(context.viewer, 'MEMBER');
    const member = await context.load(readMembers, memberId);
    return member && toMember(member);
  }

  @Query(() => MemberType, {
    nullable: true,
    description: 'OPERATOR; PARTNER, masked; MEMBER, only itself: a member by one of its names. Null when there is none.',
  })
  async member(
    @Ctx() context: Context,
    @Arg('ref', () => MemberRefInput, { description: 'Which member.' }) ref: MemberRefInput,
  ): Promise<MemberType | undefined> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'PARTNER', 'MEMBER');
    await forbidAfterTermination(context);
    const key = keyOf(ref, viewer.role === 'PARTNER' ? viewer.partnerId : undefined, 'ref');
    if ('refused' in key) throw badInput(key.refused.message);
    const member = await context.load(findMembers, key.done);
    if (viewer.role === 'MEMBER' && member?.id !== viewer.memberId) throw forbidden();
    return member && toMember(member);
  }

  @Query(() => MemberType, {
    nullable: true,
    description: 'OPERATOR; PARTNER, masked: a member by card number, phone or email. Null when there is none.',
  })
  async findMember(
    @Ctx() context: Context,
    @Arg('by', () => MemberKeyEnum, { description: 'What is searched.' }) by: (typeof MemberKeyEnum)[keyof typeof MemberKeyEnum],
    @Arg('value', () => String, { description: 'The value that the member has.' }) value: string,
  ): Promise<MemberType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
    await forbidAfterTermination(context);
    const member = await context.load(findMembers, { kind: by, value });
    return member && toMember(member);
  }

  @FieldResolver(() => String, { description: `How the member is addressed; ${MASKED}, as 王* or J***.` })
  async displayName(@Ctx() context: Context, @Root() { member }: MemberType): Promise<string> {
    return (await seesInFull(context, member.id, 'DISPLAY_NAME')) ? member.displayName : maskName(member.displayName);
  }

  @FieldResolver(() => String, { nullable: true, description: `Phone number; ${MASKED}, as 138****5678.` })
  async phone(@Ctx() context: Context, @Root() { member }: MemberType): Promise<string | undefined> {
    if (member.phone === null) return undefined;
    return (await seesInFull(context, member.id, 'CONTACT')) ? member.phone : maskPhone(member.phone);
  }

  @FieldResolver(() => String, { nullable: true, description: `Email address; ${MASKED}, as j***@example.com.` })
  async email(@Ctx() context: Context, @Root() { member }: MemberType): Promise<string | undefined> {
    if (member.email === null) return undefined;
    return (await seesInFull(context, member.id, 'CONTACT')) ? member.email : maskEmail(member.email);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: 'The partner through which the member joined; payee of origination shares.',
  })
  async homePartner(@Ctx() context: Context, @Root() { member }: MemberType): Promise<PartnerType | undefined> {
    if (member.homePartnerId === null) return undefined;
    return toPartner((await loadCoalition(context)).partnerById(member.homePartnerId));
  }

  @FieldResolver(() => [ConsentType], { description: 'What the member allows, the last word on each purpose.' })
  consents(@Ctx() context: Context, @Root() { member }: MemberType): Promise<readonly ConsentType[]> {
    return context.load(readConsents, member.id);
  }
}
