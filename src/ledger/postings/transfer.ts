import { wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { OpenedLot, Posting } from '../posting.ts';

export interface TransferFacts {
  readonly reference: string;
  readonly fromMemberId: string;
  readonly toMemberId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
}

/** Points move from member to member; every lot keeps its issuer and expiry, and no money moves. `newLotId` gives the id of each new lot. */
export function transferCompleted(facts: TransferFacts, taken: readonly Allocation[], newLotId: () => string): Posting {
  const points = taken.reduce((total, part) => total + part.points, 0n);
  const to = wallet(facts.toMemberId, facts.currencyNo);
  const opens: OpenedLot[] = taken.map(({ lot, points: part }) => ({
    id: newLotId(),
    wallet: to,
    issuer: lot.issuer,
    origin: 'TRANSFER',
    earnedAt: lot.earnedAt,
    expiresAt: lot.expiresAt,
    points: part,
    redemptionMicros: lot.redemptionMicros,
    fundedMicros: lot.fundedMicros,
    parent: lot.id,
  }));
  return {
    code: 'transfer.completed',
    reference: facts.reference,
    partner: undefined,
    occurredAt: facts.occurredAt,
    entries: [
      { account: wallet(facts.fromMemberId, facts.currencyNo), available: -points },
      { account: to, available: points },
    ],
    uses: taken.map(({ lot, points: part }) => ({ lotId: lot.id, available: -part, held: 0n })),
    opens,
  };
}
