import { Field, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import { MoneyInput, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Sale } from './sale.ts';

@InputType('ReportSaleInput', { description: 'What a member bought, of which others have a share by contract.' })
export class ReportSaleInput {
  @Field(() => String, {
    description: 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.',
  })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: "The partner's name for the sale, unique for the partner." })
  readonly externalId!: string;

  @Field(() => MemberRefInput, { description: 'Who bought.' })
  readonly member!: MemberRefInput;

  @Field(() => DateTime, { description: 'When it happened; not in the future.' })
  readonly occurredAt!: Date;

  @Field(() => MoneyInput, { description: 'The whole sale.' })
  readonly gross!: MoneyInput;

  @Field(() => MoneyInput, { description: 'The sale without points tender, tax and refunds; at most the gross amount.' })
  readonly net!: MoneyInput;
}

@ObjectType('Sale', { implements: NodeType, description: 'A reported sale: for its partner, its member and the operator.' })
export class SaleType extends NodeType {
  readonly sale!: Sale;

  @Field(() => String, { description: "The partner's name for it." })
  readonly externalId!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly occurredAt!: Date;
}

export function toSale(sale: Sale): SaleType {
  return { sale, id: toPublicId('Sale', sale.id), externalId: sale.externalId, occurredAt: sale.occurredAt };
}

@ObjectType('ReportSalePayload', { description: 'What became of a reported sale.' })
export class ReportSalePayload {
  @Field(() => SaleType, { nullable: true, description: 'The sale; null when it was refused.' })
  readonly sale?: SaleType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
