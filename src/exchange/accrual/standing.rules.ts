import { done, type Outcome, type Refusal, refused } from '../../kernel/refusal.ts';
import type { Floor } from '../../ledger/posting.ts';
import { type FundedShare, type Stretch, stretchKey } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { shareMicros } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
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
  readonly funders: ReadonlyMap<string, Funder>;
  /** Money accounts of partners, in micros; + it receives. */
  readonly money: Map<string, bigint>;
  /** Balances of issuance accounts by `issuerKey`; negative. */
  readonly issued: Map<string, bigint>;
  /** What promotions owe, in micros, by `stretchKey`, and the points that each has given, over all currencies. */
  readonly owed: Map<string, bigint>;
  readonly given: Map<string, bigint>;
  /** Blocks by `issuerKey`, in the order of use. */
  readonly blocks: Map<string, readonly PointBlock[]>;
}

/** A name under which what a partner has of one currency can be kept in a map. */
export const issuerKey = (partnerId: string, currencyNo: number): string => `${partnerId} ${currencyNo}`;

/** Points that are about to be granted. */
export interface Line {
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  readonly costMicros: bigint;
}

/** A promotion that is about to give points: the stretch that they count in, its budget, and who pays. */
export interface JointCharge {
  readonly stretch: Stretch;
  readonly budgetPoints: bigint | undefined;
  readonly funderIds: readonly string[];
}

function no(floor: string): { readonly refused: Refusal } {
  const refusal = FLOOR_REFUSALS[floor];
  if (refusal === undefined) throw new Error(`there is no refusal of ${floor}`);
  return refusal();
}

/** The partner's position: its account less its share of what promotions owe. */
function positionOf({ money, owed, funders }: Standing, partnerId: string): bigint {
  const shares = funders.get(partnerId)?.shares ?? [];
  return shares.reduce((left, share) => left - shareMicros(owed.get(stretchKey(share)) ?? 0n, share.weightBps), money.get(partnerId) ?? 0n);
}

function issue(standing: Standing, { partnerId, currencyNo, points }: Line, cap: Floor): bigint | string {
  const issued = (standing.issued.get(issuerKey(partnerId, currencyNo)) ?? 0n) - points;
  return issued < cap.floor ? cap.name : issued;
}

/** Charges a line to its partner, when cap and credit limit allow it. */
export function chargePartner(standing: Standing, line: Line, cap: Floor, credit: Floor): Outcome<readonly BlockPart[]> {
  const issued = issue(standing, line, cap);
  if (typeof issued === 'string') return no(issued);
  const [{ money }, { partnerId }] = [standing, line];
  if (line.costMicros > 0n && positionOf(standing, partnerId) - line.costMicros < credit.floor) return no(credit.name);
  standing.issued.set(issuerKey(partnerId, line.currencyNo), issued);
  money.set(partnerId, (money.get(partnerId) ?? 0n) - line.costMicros);
  return done([]);
}

/** Takes a line from the partner's blocks, when the cap allows it and they have enough; answers what was taken. */
export function chargeBlocks(standing: Standing, line: Line, cap: Floor): Outcome<readonly BlockPart[]> {
  const issued = issue(standing, line, cap);
  if (typeof issued === 'string') return no(issued);
  const key = issuerKey(line.partnerId, line.currencyNo);
  const blocks = standing.blocks.get(key) ?? [];
  const taken = takeFromBlocks(blocks, line.points);
  if (taken === undefined) {
    const remaining = remainingIn(blocks);
    return refused('PREPAID_EXHAUSTED', `The prepaid blocks of the partner have ${remaining} points left, fewer than ${line.points}.`, {
      details: { remaining: Number(remaining) },
    });
  }
  standing.issued.set(key, issued);
  standing.blocks.set(key, taken.blocks);
  return done(taken.parts);
}

/** Charges a line to a promotion, when its budget and the credit limit of each of its funders allow it. */
export function chargePromotion(
  standing: Standing,
  line: Line,
  { stretch, budgetPoints, funderIds }: JointCharge,
): Outcome<readonly BlockPart[]> {
  const { owed, given, funders } = standing;
  const key = stretchKey(stretch);
  const points = (given.get(stretch.promotionId) ?? 0n) + line.points;
  const before = owed.get(key) ?? 0n;
  if (budgetPoints !== undefined && points > budgetPoints) return no('promotion_budget');
  if (points > MOST_POINTS || before + line.costMicros > MOST_MICROS) return no('book_limit');
  owed.set(key, before + line.costMicros);
  const passed = funderIds.some((id) => {
    const limit = funders.get(id)?.limitMicros;
    return line.costMicros > 0n && limit !== undefined && positionOf(standing, id) < -limit;
  });
  if (passed) {
    owed.set(key, before);
    return no('funder_credit_limit');
  }
  given.set(stretch.promotionId, points);
  return done([]);
}
