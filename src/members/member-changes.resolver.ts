import { randomInt } from 'node:crypto';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { newId } from '../kernel/ids.ts';
import type { Outcome } from '../kernel/refusal.ts';
import { principalOf } from '../kernel/viewer.ts';
import { transact } from '../platform/database.ts';
import { toUserError } from '../platform/graphql/common.types.ts';
import type { Context } from '../platform/graphql/context.ts';
import { mayAct } from '../platform/graphql/rights.ts';
import { attemptOf } from '../platform/idempotency.ts';
import { type ChangeMember, changeMember } from './change-member.ts';
import { enrolMember } from './enrol-member.ts';
import { cardNumberFrom } from './enrolment.rules.ts';
import type { Member } from './member.ts';
import { AssignTierInput, EnrolMemberInput, EnrolMemberPayload, MemberPayload, SetMemberStatusInput, toMember } from './member.types.ts';

function toPayload(outcome: Outcome<{ value: Member; replayed: boolean }>): MemberPayload {
  if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
  return { member: toMember(outcome.done.value), replayed: outcome.done.replayed, userErrors: [] };
}

@Resolver()
export class MemberChangesResolver {
  @Mutation(() => EnrolMemberPayload, { description: 'OPERATOR, PARTNER: enrols a member, with a wallet for every point currency.' })
  async enrolMember(
    @Ctx() context: Context,
    @Arg('input', () => EnrolMemberInput, { description: 'The person who joins.' }) input: EnrolMemberInput,
  ): Promise<EnrolMemberPayload> {
    const may = mayAct(context.viewer, 'OPERATOR', 'PARTNER');
    if ('refused' in may) return toPayload(may);
    const attempt = attemptOf(principalOf(may.done), 'enrolMember', input);
    const partnerId = may.done.role === 'PARTNER' ? may.done.partnerId : undefined;
    return toPayload(
      await transact(context.db, (tx) =>
        enrolMember(tx, {
          attempt,
          partnerId,
          id: newId(),
          cardNumber: cardNumberFrom((below) => randomInt(below)),
          displayName: input.displayName,
          email: input.email ?? undefined,
          phone: input.phone ?? undefined,
          homePartner: input.homePartner ?? undefined,
          externalId: input.externalId ?? undefined,
          consents: input.consents,
        }),
      ),
    );
  }

  @Mutation(() => MemberPayload, { description: 'OPERATOR: puts a member into a tier.' })
  async assignTier(
    @Ctx() context: Context,
    @Arg('input', () => AssignTierInput, { description: 'The member and the tier.' }) input: AssignTierInput,
  ): Promise<MemberPayload> {
    return change(context, 'assignTier', input, { tier: input.tier });
  }

  @Mutation(() => MemberPayload, { description: 'OPERATOR: suspends, reinstates or closes a member.' })
  async setMemberStatus(
    @Ctx() context: Context,
    @Arg('input', () => SetMemberStatusInput, { description: 'The member and the status.' }) input: SetMemberStatusInput,
  ): Promise<MemberPayload> {
    return change(context, 'setMemberStatus', input, { status: input.status });
  }
}

async function change(
  context: Context,
  operation: string,
  input: { readonly idempotencyKey: string; readonly memberId: string },
  what: Pick<ChangeMember, 'tier' | 'status'>,
): Promise<MemberPayload> {
  const may = mayAct(context.viewer, 'OPERATOR');
  if ('refused' in may) return toPayload(may);
  const attempt = attemptOf(principalOf(may.done), operation, input);
  return toPayload(await transact(context.db, (tx) => changeMember(tx, { attempt, memberId: input.memberId, ...what })));
}
