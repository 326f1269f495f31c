import type { Coalition } from '../../partners/coalition.ts';
import type { Partner } from '../../partners/partner.ts';
import type { Movement, PartnerCount } from '../lines/cycle-facts.ts';
import { type CycleLine, netOf } from '../lines/cycle-line.ts';
import { burnedPoints, issuedPoints } from './cycle-points.rules.ts';
import type { DisputedLines } from './dispute-counts.queries.ts';
import { nearestBps } from './ratios.rules.ts';

/** How a partner did in a cycle. */
export interface Scorecard {
  readonly partner: Partner;
  readonly issued: bigint;
  readonly burned: bigint;
  readonly netMinor: bigint;
  readonly newMembers: bigint;
  readonly disputeRateBps: number | undefined;
  readonly redemptionRateBps: number | undefined;
}

/** What scorecards of a cycle are made of. */
export interface CycleRecord {
  readonly movements: readonly Movement[];
  readonly lines: readonly CycleLine[];
  readonly newMembers: readonly PartnerCount[];
  readonly disputed: readonly DisputedLines[];
  /** Whether there are statements that can be disputed. */
  readonly isFrozen: boolean;
}

/** The scorecards of all partners, by code. */
export function scorecards({ partners }: Coalition, record: CycleRecord): Scorecard[] {
  return partners.toSorted((a, b) => (a.code < b.code ? -1 : 1)).map((partner) => scorecardOf(partner, record));
}

function scorecardOf(partner: Partner, { movements, lines, newMembers, disputed, isFrozen }: CycleRecord): Scorecard {
  const issued = issuedPoints(movements, partner.id);
  const burned = burnedPoints(movements, partner.id);
  const own = lines.filter(({ shares }) => isPart(shares.get(partner.code))).length;
  const challenged = disputed.find(({ partnerId }) => partnerId === partner.id)?.lines ?? 0;
  return {
    partner,
    issued,
    burned,
    netMinor: netOf(lines, partner.code),
    newMembers: newMembers.find(({ partnerId }) => partnerId === partner.id)?.count ?? 0n,
    disputeRateBps: isFrozen ? nearestBps(BigInt(challenged), BigInt(own)) : undefined,
    redemptionRateBps: nearestBps(burned, issued),
  };
}

const isPart = (share: { micros: bigint; minor: bigint } | undefined): boolean =>
  share !== undefined && (share.micros !== 0n || share.minor !== 0n);
