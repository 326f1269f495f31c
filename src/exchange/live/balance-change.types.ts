import { Field, InputType, ObjectType } from 'type-graphql';
import type { PostingCode } from '../../ledger/posting.ts';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { WalletChange } from './wallet-changes.queries.ts';

@InputType('BalanceCursorInput', { description: 'The last change of a balance that the subscriber has.' })
export class BalanceCursorInput {
  @Field(() => String, { description: 'Code of the point currency.' })
  readonly currency!: string;

  @Field(() => BigIntString, { description: 'The version that was received last; 0 for none.' })
  readonly version!: bigint;
}

@ObjectType('BalanceDelta', { description: 'What changed a balance.' })
export class BalanceDeltaType {
  @Field(() => String, {
    description:
      'What happened: CONFIRMED, PENDING, PENDING_CONFIRMED, CANCELLED, REVERSED, HELD, CAPTURED, VOIDED, HOLD_EXPIRED, REFUNDED, EXCHANGED, TRANSFERRED, EXPIRED ...',
  })
  readonly type!: string;

  @Field(() => Points, { description: 'The change of the available points; of a hold, what it takes, as a negative number.' })
  readonly points!: bigint;

  @Field(() => PartnerType, { nullable: true, description: 'The partner that acted; of points that expired, the one that issued them.' })
  readonly partner?: PartnerType | undefined;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the points that were earned or exchanged for expire; null when they do not or none were.',
  })
  readonly lotExpiresAt?: Date | undefined;
}

@ObjectType('BalanceChange', { description: 'A balance as it stands after one change.' })
export class BalanceChangeType {
  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => BigIntString, { description: 'Number of the change: versions of one currency follow one another without gap or repeat.' })
  readonly version!: bigint;

  @Field(() => Points, {
    description: 'Points of the member. Points whose time has passed count until the expiry job has run, but cannot be spent.',
  })
  readonly available!: bigint;

  @Field(() => Points, { description: 'Points that are promised but not earned yet.' })
  readonly pending!: bigint;

  @Field(() => Points, { description: 'Points set aside for orders that are not captured yet.' })
  readonly held!: bigint;

  @Field(() => BalanceDeltaType, {
    nullable: true,
    description: 'What changed it; null in a snapshot, and for a partner when it was not its own doing.',
  })
  readonly change?: BalanceDeltaType | undefined;

  @Field(() => Boolean, { description: 'Whether this is a snapshot: the first message, or after more was missed than is replayed.' })
  readonly resync!: boolean;
}

export function toSnapshot(
  coalition: Coalition,
  currencyNo: number,
  { version, available, pending, held }: WalletBalance,
): BalanceChangeType {
  return { currency: toPointCurrency(coalition.currencyNo(currencyNo)), version, available, pending, held, resync: true };
}

/** Who may not see what happened gets the balance after it all the same. */
export function toBalanceChange(coalition: Coalition, change: WalletChange, showsWhat: boolean): BalanceChangeType {
  return {
    ...toSnapshot(coalition, change.currencyNo, change),
    resync: false,
    change: showsWhat ? toDelta(coalition, change) : undefined,
  };
}

/** What an exchange is called in both wallets, whether its points stay or pay at once; anything else by the end of its code. */
const EXCHANGED: ReadonlySet<PostingCode> = new Set<PostingCode>(['exchange.completed', 'exchange.redeemed']);

function nameOf(code: PostingCode): string {
  if (EXCHANGED.has(code)) return 'EXCHANGED';
  return code === 'transfer.completed' ? 'TRANSFERRED' : code.slice(code.indexOf('.') + 1).toUpperCase();
}

function toDelta(coalition: Coalition, change: WalletChange): BalanceDeltaType {
  return {
    type: nameOf(change.code),
    points: change.points,
    partner: change.partnerId === null ? undefined : toPartner(coalition.partnerById(change.partnerId)),
    at: change.occurredAt,
    lotExpiresAt: change.lotExpiresAt ?? undefined,
  };
}
