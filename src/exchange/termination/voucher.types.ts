import { Field, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { MoneyType, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { Voucher, VoucherStatus } from './voucher.ts';

const VoucherStatusEnum = enumType<VoucherStatus>('VoucherStatus', 'Where a voucher stands.', {
  ISSUED: 'It is with the member.',
  REDEEMED: 'The operator has paid it.',
});

@ObjectType('Voucher', {
  implements: NodeType,
  description: 'What a member gets for points of a partner that has left, at their redemption element. For its member and the operator.',
})
export class VoucherType extends NodeType {
  @Field(() => String, { description: 'What the member shows to be paid.' })
  readonly code!: string;

  @Field(() => PointCurrencyType, { description: 'The currency of the points.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'How many points were bought back.' })
  readonly points!: bigint;

  @Field(() => MoneyType, {
    description:
      'What it pays: points x redemption element, rounded once, half away from zero. It grows while points are still bought back.',
  })
  readonly amount!: MoneyType;

  @Field(() => VoucherStatusEnum, { description: 'Where it stands.' })
  readonly status!: VoucherStatus;

  @Field(() => DateTime, { description: 'When it was issued.' })
  readonly issuedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was paid.' })
  readonly redeemedAt?: Date | undefined;
}

export const VoucherConnection = connectionOf<VoucherType>('Voucher', () => VoucherType);

export function toVoucher(coalition: Coalition, voucher: Voucher): VoucherType {
  return {
    id: toPublicId('Voucher', voucher.id),
    code: voucher.code,
    currency: toPointCurrency(coalition.currencyNo(voucher.currencyNo)),
    points: voucher.points,
    amount: { minor: voucher.amountMinor, currency: coalition.program.settlementCurrency },
    status: voucher.status,
    issuedAt: voucher.issuedAt,
    redeemedAt: voucher.redeemedAt ?? undefined,
  };
}

@InputType('RedeemVoucherInput', { description: 'A voucher that is paid.' })
export class RedeemVoucherInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'The code that the member shows.' })
  readonly code!: string;
}

@ObjectType('RedeemVoucherPayload', { description: 'What became of a voucher.' })
export class RedeemVoucherPayload {
  @Field(() => VoucherType, { nullable: true, description: 'The voucher as paid; null when it was refused.' })
  readonly voucher?: VoucherType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused.' })
  readonly userErrors!: readonly UserErrorType[];
}
