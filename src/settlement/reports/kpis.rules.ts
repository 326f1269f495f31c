import type { Coalition } from '../../partners/coalition.ts';
import type { Partner } from '../../partners/partner.ts';
import type { Movement } from '../lines/cycle-facts.ts';
import type { Activity } from './activity.queries.ts';
import { burnedPoints, expiredPoints, issuedPoints, jointPoints } from './cycle-points.rules.ts';
import type { Flow } from './flow.queries.ts';
import { concentrationBps, nearestBps } from './ratios.rules.ts';

/** A partner's part in the points of a cycle. */
export interface PointsShare {
  readonly partner: Partner;
  readonly points: bigint;
  readonly shareBps: number | undefined;
}

/** What the whole coalition did in a cycle. */
export interface Kpis {
  readonly issued: bigint;
  readonly jointlyIssued: bigint;
  readonly burned: bigint;
  readonly expired: bigint;
  readonly activeMembers: number;
  readonly issuers: readonly PointsShare[];
  readonly acceptors: readonly PointsShare[];
  readonly redemptionRateBps: number | undefined;
  readonly breakageRateBps: number | undefined;
  readonly crossBrandBurnBps: number | undefined;
  readonly issuanceConcentrationBps: number | undefined;
}

/** The figures of a cycle from what accounts took part in, who burned whose points, and who was active. */
export function kpisOf(
  { partners }: Coalition,
  movements: readonly Movement[],
  flows: readonly Flow[],
  activity: readonly Activity[],
): Kpis {
  const [issued, jointlyIssued, burned, expired] = [
    issuedPoints(movements),
    jointPoints(movements),
    burnedPoints(movements),
    expiredPoints(movements),
  ];
  const issuers = sharesOf(partners, issued, ({ id }) => issuedPoints(movements, id));
  const crossing = flows.filter(({ issuerId, acceptorId }) => issuerId !== acceptorId).reduce((sum, { points }) => sum + points, 0n);
  return {
    ...{ issued, jointlyIssued, burned, expired, issuers },
    acceptors: sharesOf(partners, burned, ({ id }) => burnedPoints(movements, id)),
    activeMembers: activity.find(({ kind, partnerId }) => kind === 'ANY' && partnerId === null)?.members ?? 0,
    redemptionRateBps: nearestBps(burned, issued + jointlyIssued),
    breakageRateBps: nearestBps(expired, issued + jointlyIssued),
    crossBrandBurnBps: nearestBps(crossing, burned),
    issuanceConcentrationBps: concentrationBps(issuers.map(({ points }) => points).filter((points) => points > 0n)),
  };
}

function sharesOf(partners: readonly Partner[], whole: bigint, pointsOf: (partner: Partner) => bigint): PointsShare[] {
  return partners
    .map((partner) => ({ partner, points: pointsOf(partner) }))
    .filter(({ points }) => points !== 0n)
    .map((one) => ({ ...one, shareBps: nearestBps(one.points, whole) }))
    .toSorted((a, b) => (a.points === b.points ? (a.partner.code < b.partner.code ? -1 : 1) : a.points > b.points ? -1 : 1));
}

/**
 * Whether totals of the coalition may be shown to a partner: it knows its own part, so what is left must be of nobody, or of enough members,
 * for what was earned, what was burned and who was active alike.
 */
export function mayShowTotals(activity: readonly Activity[], partnerId: string, smallestGroup: number): boolean {
  const isLarge = (members: number) => members === 0 || members >= smallestGroup;
  return (['EARNED', 'BURNED', 'ANY'] as const).every((kind) => {
    const of = (id: string | null) => activity.find((one) => one.kind === kind && one.partnerId === id);
    const [all, own] = [of(null)?.members ?? 0, of(partnerId)];
    const elsewhere = all - (own?.onlyHere ?? 0);
    const onlyElsewhere = all - (own?.members ?? 0);
    return isLarge(elsewhere) && (kind !== 'ANY' || isLarge(onlyElsewhere));
  });
}
