import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Outcome } from '../../kernel/refusal.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { actingKey } from '../../members/acting-member.ts';
import { maskName } from '../../members/identity.rules.ts';
import { toMember } from '../../members/member.types.ts';
import { keyOf, nameOf } from '../../members/member-ref.ts';
import { readMembers } from '../../members/members.queries.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { toBalance } from '../wallets/balance.types.ts';
import { TransferPartyType, TransferPayload, TransferPointsInput, TransferType, toTransfer } from './transfer.types.ts';
import { type Transferred, transferPoints } from './transfer-points.ts';

function toPayload(outcome: Outcome<{ value: Transferred; replayed: boolean }>, coalition: Coalition): TransferPayload {
  if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
  const { value, replayed } = outcome.done;
  const { fromMemberId, currencyNo } = value.transfer;
  return {
    transfer: toTransfer(value.transfer),
    balance: toBalance(fromMemberId, coalition.currencyNo(currencyNo), value.balance),
    replayed,
    userErrors: [],
  };
}

async function party(context: Context, memberId: string): Promise<TransferPartyType> {
  const member = await context.load(readMembers, memberId);
  if (member === undefined) throw new Error(`member ${memberId} is not stored`);
  const { viewer } = context;
  const inFull = viewer.role === 'OPERATOR' || (viewer.role === 'MEMBER' && viewer.memberId === memberId);
  return inFull ? { displayName: member.displayName, member: toMember(member) } : { displayName: maskName(member.displayName) };
}

@Resolver(() => TransferType)
export class TransferResolver {
  @Mutation(() => TransferPayload, {
    description:
      'MEMBER (own points), OPERATOR (for a member): gives points to another member, where the program allows it. They keep issuer and expiry.',
  })
  async transferPoints(
    @Ctx() context: Context,
    @Arg('input', () => TransferPointsInput, { description: 'The points and who receives them.' }) input: TransferPointsInput,
  ): Promise<TransferPayload> {
    const coalition = await loadCoalition(context);
    const may = mayAct(context.viewer, 'MEMBER', 'OPERATOR');
    if ('refused' in may) return toPayload(may, coalition);
    const command = {
      attempt: attemptOf(principalOf(may.done), 'transferPoints', input),
      viewer: may.done,
      from: actingKey(may.done, input.from, 'from'),
      to: keyOf(input.to, undefined, 'to'),
      currency: input.currency,
      points: input.points,
      note: input.note ?? undefined,
    };
    return toPayload(await transactTogether(context.db, nameOf(command.from), (tx) => transferPoints(tx, command)), coalition);
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points.' })
  currency(@Ctx() context: Context, @Root() { transfer }: TransferType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(transfer.currencyNo)));
  }

  @FieldResolver(() => TransferPartyType, { description: 'Who gave.' })
  from(@Ctx() context: Context, @Root() { transfer }: TransferType): Promise<TransferPartyType> {
    return party(context, transfer.fromMemberId);
  }

  @FieldResolver(() => TransferPartyType, { description: 'Who received.' })
  to(@Ctx() context: Context, @Root() { transfer }: TransferType): Promise<TransferPartyType> {
    return party(context, transfer.toMemberId);
  }
}
