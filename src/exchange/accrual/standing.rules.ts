import { done, type Outcome, type Refusal, refused } from '../../kernel/refusal.ts';
import type { Floor } from '../../ledger/posting.ts';
import { type FundedShare, shareMicros } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import type { BlockPart, PointBlock } from '../funding/point-block.ts';
import { remainingIn, takeFromBlocks } from '../funding/point-blocks.rules.ts';
import { FLOOR_REFUSALS, MOST_MICROS, MOST_POINTS } from './limits.rules.ts';

/** What one partner may owe, and which promotions it pays for. */
export interface Funder {
  readonly limitMicros: bigint | undefined;
  readonly shares: readonly FundedShare[];
}

/**
 * What limits are judged by that no floor of a single account can say: blocks that are used up one after the other, and exposures that
 * several accounts make up. Read under the locks of all of them; moves on with every line that is granted, so that each is judged after
 * those before it.
 */
export interface Standing {
  readonly partnerId: string;
  readonly funders: ReadonlyMap<string, Funder>;
  /** Money accounts of partners, in micros; + it receives. */
  readonly money: Map<string, bigint>;
  /** Balances of the partner's issuance accounts by currency number; negative. */
  readonly issued: Map<number, bigint>;
  /** What promotions owe, in micros, and the points they have given, over all currencies. */
  readonly owed: Map<string, bigint>;
  readonly given: Map<string, bigint>;
  /** Blocks of the partner by currency number, in the order of use. */
  readonly blocks: Map<number, readonly PointBlock[]>;
}

/** Points that are about to be granted. */
export interface Line {
  readonly currencyNo: number;
  readonly points: bigint;
  readonly costMicros: bigint;
}

function no(floor: string): { readonly refused: Refusal } {
  const refusal = FLOOR_REFUSALS[floor];
  if (refusal === undefined) throw new Error(`there is no refusal of ${floor}`);
  return refusal();
}

/** The partner's position: its account less its share of what promotions owe. */
function positionOf({ money, owed, funders }: Standing, partnerId: string): bigint {
  const shares = funders.get(partnerId)?.shares ?? [];
  return shares.reduce(
    (left, { promotionId, weightBps }) => left - shareMicros(owed.get(promotionId) ?? 0n, weightBps),
    money.get(partnerId) ?? 0n,
  );
}

function issue(standing: Standing, { currencyNo, points }: Line, cap: Floor): bigint | string {
  const issued = (standing.issued.get(currencyNo) ?? 0n) - points;
  return issued < cap.floor ? cap.name : issued;
}

/** Charges a line to the partner itself, when cap and credit limit allow it. */
export function chargePartner(standing: Standing, line: Line, cap: Floor, credit: Floor): Outcome<readonly BlockPart[]> {
  const issued = issue(standing, line, cap);
  if (typeof issued === 'string') return no(issued);
  const { partnerId, money } = standing;
  if (line.costMicros > 0n && positionOf(standing, partnerId) - line.costMicros < credit.floor) return no(credit.name);
  standing.issued.set(line.currencyNo, issued);
  money.set(partnerId, (money.get(partnerId) ?? 0n) - line.costMicros);
  return done([]);
}

/** Takes a line from the partner's blocks, when the cap allows it and they have enough; answers what was taken. */
export function chargeBlocks(standing: Standing, line: Line, cap: Floor): Outcome<readonly BlockPart[]> {
  const issued = issue(standing, line, cap);
  if (typeof issued === 'string') return no(issued);
  const blocks = standing.blocks.get(line.currencyNo) ?? [];
  const taken = takeFromBlocks(blocks, line.points);
  if (taken === undefined) {
    const remaining = remainingIn(blocks);
    return refused('PREPAID_EXHAUSTED', `The prepaid blocks of the partner have ${remaining} points left, fewer than ${line.points}.`, {
      details: { remaining: Number(remaining) },
    });
  }
  standing.issued.set(line.currencyNo, issued);
  standing.blocks.set(line.currencyNo, taken.blocks);
  return done(taken.parts);
}

/** Charges a line to a promotion, when its budget and the credit limit of each of its funders allow it. */
export function chargePromotion(
  standing: Standing,
  line: Line,
  promotion: { readonly id: string; readonly budgetPoints: bigint | undefined; readonly funderIds: readonly string[] },
): Outcome<readonly BlockPart[]> {
  const { owed, given, funders } = standing;
  const points = (given.get(promotion.id) ?? 0n) + line.points;
  const before = owed.get(promotion.id) ?? 0n;
  if (promotion.budgetPoints !== undefined && points > promotion.budgetPoints) return no('promotion_budget');
  if (points > MOST_POINTS || before + line.costMicros > MOST_MICROS) return no('book_limit');
  owed.set(promotion.id, before + line.costMicros);
  const passed = promotion.funderIds.some((id) => {
    const limit = funders.get(id)?.limitMicros;
    return line.costMicros > 0n && limit !== undefined && positionOf(standing, id) < -limit;
  });
  if (passed) {
    owed.set(promotion.id, before);
    return no('funder_credit_limit');
  }
  given.set(promotion.id, points);
  return done([]);
}
