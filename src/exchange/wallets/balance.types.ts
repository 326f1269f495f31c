import { Field, ObjectType } from 'type-graphql';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';

@ObjectType('ExpiringPoints', { description: 'Available points that expire at the same instant.' })
export class ExpiringPointsType {
  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => DateTime, { description: 'When they expire.' })
  readonly expiresAt!: Date;
}

@ObjectType('Balance', { description: 'What a member has of one point currency.' })
export class BalanceType {
  readonly memberId!: string;
  readonly currencyNo!: number;

  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, {
    description: 'Points of the member. Points whose time has passed count until the expiry job has run, but cannot be spent.',
  })
  readonly available!: bigint;

  @Field(() => Points, { description: 'Points that are promised but not earned yet.' })
  readonly pending!: bigint;

  @Field(() => Points, { description: 'Points set aside for orders that are not captured yet.' })
  readonly held!: bigint;

  @Field(() => BigIntString, {
    description: 'Number of the last change of this balance: grows by exactly 1 with every change, 0 before the first.',
  })
  readonly version!: bigint;
}

const UNTOUCHED: WalletBalance = { available: 0n, held: 0n, pending: 0n, version: 0n };

/** A wallet as the schema shows it; one that was never used is all zeros. */
export function toBalance(
  memberId: string,
  currency: PointCurrency,
  { available, held, pending, version }: WalletBalance = UNTOUCHED,
): BalanceType {
  return { memberId, currencyNo: currency.no, currency: toPointCurrency(currency), available, held, pending, version };
}
