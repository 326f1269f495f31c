import { MONEY, type Posting } from '../../ledger/posting.ts';
import { isWithin } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { type Position, positionMicros } from '../exposure/exposure.rules.ts';
import type { Accrual } from './accrual.ts';

/** What something that was posted moved of the positions of partners, and whose it was. */
export interface Move {
  readonly partnerId: string;
  /** On partners' own accounts, in micros: + they receive. */
  readonly own: readonly { readonly partnerId: string; readonly micros: bigint }[];
  /** What a promotion owes more for a purchase. */
  readonly gift: { readonly promotionId: string; readonly occurredAt: Date; readonly micros: bigint } | undefined;
}

/** The position of each partner right after its move, in the order of the moves: from the last one, which left all as it is now, backwards. */
export function positionsAfter(moves: readonly Move[], now: ReadonlyMap<string, Position>): bigint[] {
  const positions = new Map(now);
  const after: bigint[] = [];
  for (const { partnerId, own, gift } of [...moves].reverse()) {
    const position = positions.get(partnerId);
    if (position === undefined) throw new Error(`the position of partner ${partnerId} was not read`);
    after.push(positionMicros(position));
    for (const { partnerId: id, micros } of own) {
      const one = positions.get(id);
      if (one !== undefined) positions.set(id, { ...one, ownMicros: one.ownMicros - micros });
    }
    // Whoever of these partners pays for the promotion stood better before it.
    if (gift !== undefined) for (const [id, one] of positions) positions.set(id, withoutGift(one, gift));
  }
  return after.reverse();
}

function withoutGift(position: Position, { promotionId: id, occurredAt, micros }: NonNullable<Move['gift']>): Position {
  return {
    ...position,
    promotions: position.promotions.map((one) =>
      one.promotionId === id && isWithin(one, occurredAt) ? { ...one, owedMicros: one.owedMicros - micros } : one,
    ),
  };
}

/** What an accrual moved when it was posted. */
export function moveOfAccrual({ partnerId, charge, promotion, occurredAt, points, fundedMicros, serviceMicros }: Accrual): Move {
  const micros = points * (fundedMicros + serviceMicros);
  return {
    partnerId,
    own: charge === 'PARTNER' ? [{ partnerId, micros: -micros }] : [],
    gift: charge === 'JOINT' && promotion !== undefined ? { promotionId: promotionId(promotion), occurredAt, micros } : undefined,
  };
}

/** What a later change of an accrual moved: what is taken back of a gift counts where the purchase did. */
export function moveOfChange({ partnerId, promotion, occurredAt }: Accrual, posting: Posting | undefined): Move {
  const money = (posting?.entries ?? []).flatMap(({ account, available = 0n, pending = 0n }) =>
    account.unit === MONEY ? [{ account, micros: available + pending }] : [],
  );
  const own = money.flatMap(({ account: { kind, owner }, micros }) =>
    kind === 'PARTNER' && owner !== undefined ? [{ partnerId: owner, micros }] : [],
  );
  const owed = money.reduce((sum, { account, micros }) => (account.kind === 'JOINT' ? sum - micros : sum), 0n);
  const gift = promotion === undefined || owed === 0n ? undefined : { promotionId: promotionId(promotion), occurredAt, micros: owed };
  return { partnerId, own, gift };
}
