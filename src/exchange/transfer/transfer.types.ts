import { Field, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MemberRefInput, MemberType } from '../../members/member.types.ts';
import { NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { DateTime, Points } from '../../platform/graphql/scalars.ts';
import { BalanceType } from '../wallets/balance.types.ts';
import type { Transfer } from './transfer.ts';

@ObjectType('TransferParty', { description: 'One of the two members of a transfer.' })
export class TransferPartyType {
  @Field(() => String, { description: 'How the member is addressed; to the other member masked, as 王* or J***.' })
  readonly displayName!: string;

  @Field(() => MemberType, { nullable: true, description: 'The member; null to the other one.' })
  readonly member?: MemberType | undefined;
}

@ObjectType('Transfer', { implements: NodeType, description: 'Points that one member gave to another: for both of them and the operator.' })
export class TransferType extends NodeType {
  readonly transfer!: Transfer;

  @Field(() => Points, { description: 'Points given.' })
  readonly points!: bigint;

  @Field(() => String, { nullable: true, description: 'What the giver said with it; both see it.' })
  readonly note?: string | undefined;

  @Field(() => DateTime, { description: 'When they were given.' })
  readonly at!: Date;
}

export function toTransfer(transfer: Transfer): TransferType {
  const { id, points, note, at } = transfer;
  return { transfer, id: toPublicId('Transfer', id), points, note, at };
}

@InputType('TransferPointsInput', { description: 'Points that a member gives to another.' })
export class TransferPointsInput {
  @Field(() => String, {
    description: 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.',
  })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, {
    nullable: true,
    description: 'Who gives. A member gives its own and leaves it out; the operator names it.',
  })
  readonly from?: MemberRefInput | null;

  @Field(() => MemberRefInput, { description: 'Who receives.' })
  readonly to!: MemberRefInput;

  @Field(() => String, { description: 'Code of the point currency.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => String, { nullable: true, description: 'What the giver says with it, 1 to 200 characters; both see it.' })
  readonly note?: string | null;
}

@ObjectType('TransferPayload', { description: 'What became of a transfer.' })
export class TransferPayload {
  @Field(() => TransferType, { nullable: true, description: 'The transfer; null when it was refused.' })
  readonly transfer?: TransferType | undefined;

  @Field(() => BalanceType, { nullable: true, description: "The giver's balance right after it." })
  readonly balance?: BalanceType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
