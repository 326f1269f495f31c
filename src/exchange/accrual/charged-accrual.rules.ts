import { newId } from '../../kernel/ids.ts';
import { wallet } from '../../ledger/account.ts';
import type { OpenedLot } from '../../ledger/posting.ts';
import type { AccrualFacts, Charge, PricedPoints } from '../../ledger/postings/accrual.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import type { BlockPart } from '../funding/point-block.ts';
import { giveBack, withLots } from '../funding/point-blocks.rules.ts';
import { expiryOf } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';

/** Who pays for an accrual, as the book names it. */
function chargeOf({ charge, promotion }: Accrual): Charge {
  if (charge !== 'JOINT') return { to: charge };
  if (promotion === undefined) throw new Error('an accrual that a promotion pays for names none');
  return { to: 'JOINT', promotionId: promotionId(promotion) };
}

/** An accrual as the book sees it. */
export function factsOf(accrual: Accrual, occurredAt: Date = accrual.occurredAt): AccrualFacts {
  const { id: reference, memberId, partnerId, currencyNo } = accrual;
  return { reference, memberId, partnerId, currencyNo, occurredAt, charge: chargeOf(accrual) };
}

const priced = ({ points, serviceMicros, redemptionMicros }: BlockPart): PricedPoints => ({
  points,
  serviceMicros,
  fundedMicros: redemptionMicros,
});

/** The points of an accrual that are left, at what was paid for them. */
export function partsLeft(accrual: Accrual): PricedPoints[] {
  const points = accrual.points - accrual.reversedPoints;
  if (accrual.charge !== 'PREPAID') return [{ ...accrual, points }];
  return accrual.blocks.flatMap((part) =>
    part.points === part.returned ? [] : [priced({ ...part, points: part.points - part.returned })],
  );
}

/** Some of the points of an accrual, the last of them, at what was paid for them; and what goes back to which block. */
export function takeParts(
  accrual: Accrual,
  points: bigint,
): { readonly parts: PricedPoints[]; readonly back: BlockPart[]; readonly blocks: readonly BlockPart[] } {
  if (accrual.charge !== 'PREPAID') return { parts: [{ ...accrual, points }], back: [], blocks: accrual.blocks };
  const { back, parts } = giveBack(accrual.blocks, points);
  return { parts: back.map(priced), back, blocks: parts };
}

/** What was paid for one accrual, before reversals; what a partner will pay when its points are burned included. */
export function fundingMicros({ charge, points, redemptionMicros, serviceMicros, blocks }: Accrual): bigint {
  if (charge !== 'PREPAID') return points * (redemptionMicros + serviceMicros);
  return blocks.reduce((sum, part) => sum + part.points * (part.redemptionMicros + part.serviceMicros), 0n);
}

/** The accrual with a lot for each price of the points that are left: they enter the wallet. */
export function intoLots(accrual: Accrual): Accrual {
  if (accrual.points === accrual.reversedPoints) return { ...accrual, lotId: undefined };
  if (accrual.charge !== 'PREPAID') return { ...accrual, lotId: newId() };
  const entering = new Map(
    withLots(
      accrual.blocks.filter((part) => part.returned < part.points),
      newId,
    ).map((part) => [part.blockId, part]),
  );
  const blocks = accrual.blocks.map((part) => entering.get(part.blockId) ?? part);
  return { ...accrual, lotId: entering.values().next().value?.lotId, blocks };
}

/** Lots of an accrual, those first whose points are taken back first. */
export function lotIdsOf({ lotId, blocks }: Accrual): string[] {
  const ids = blocks.length === 0 ? [lotId] : blocks.toReversed().map((part) => part.lotId);
  return [...new Set(ids)].filter((id) => id !== undefined);
}

/** The lots in which the points of an accrual enter the wallet. */
export function lotsOf(accrual: Accrual, coalition: Coalition): OpenedLot[] {
  const currency = coalition.currencyNo(accrual.currencyNo);
  const { occurredAt, lotId, redemptionMicros, fundedMicros } = accrual;
  const lot = {
    wallet: wallet(accrual.memberId, accrual.currencyNo),
    // Nobody owes more for the points of a promotion: whose currency it is, issued them.
    issuer: accrual.charge === 'JOINT' ? (currency.issuerId ?? accrual.partnerId) : accrual.partnerId,
    origin: 'ACCRUAL' as const,
    earnedAt: occurredAt,
    expiresAt: expiryOf(currency, occurredAt, coalition.program.timeZone),
  };
  if (lotId === undefined) return [];
  if (accrual.charge !== 'PREPAID')
    return [{ ...lot, id: lotId, points: accrual.points - accrual.reversedPoints, redemptionMicros, fundedMicros }];
  const byLot = Map.groupBy(accrual.blocks, (part) => part.lotId);
  return [...byLot].flatMap(([id, parts]) => {
    const [first] = parts;
    if (id === undefined || first === undefined) return [];
    const points = parts.reduce((sum, part) => sum + part.points - part.returned, 0n);
    return [{ ...lot, id, points, redemptionMicros: first.redemptionMicros, fundedMicros: first.redemptionMicros }];
  });
}
