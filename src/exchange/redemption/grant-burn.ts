import { dayOf, startOfDay } from '../../kernel/instant.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Member } from '../../members/member.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { isAccepted, leftToday } from '../../partners/contracts/clauses/acceptance/acceptance.rules.ts';
import type { Place } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import type { PartnerRole } from '../../partners/partner-role.ts';
import type { Tx } from '../../platform/database.ts';
import { redeemedSince } from './redemption.queries.ts';
import { acceptanceFor, checkWorth, pricesOf } from './redemption.rules.ts';
import type { RedemptionAllocation } from './redemption.ts';

/** The configuration and the program's clock that a burn is judged by. */
export interface Now {
  readonly coalition: Coalition;
  readonly now: Date;
}

export interface WantedBurn extends Place {
  readonly partnerId: string;
  readonly member: Member;
  readonly currency: PointCurrency;
  readonly points: bigint;
  /** Who issued the points, where that is known before their lots are. */
  readonly issuer?: string | undefined;
  /** Roles of which the partner needs one; any that takes points when left out. */
  readonly roles?: readonly PartnerRole[] | undefined;
}

/** Whether a member may burn so many points at a partner now: contract, clause, issuer, member, minimum and the cap of the day, in the order of domain 3.10. */
export async function grantBurn(tx: Tx, { coalition, now }: Now, burn: WantedBurn): Promise<Outcome<ClauseOf<'acceptance'>>> {
  const { partnerId, member, currency, points } = burn;
  const acceptance = acceptanceFor(coalition, partnerId, currency, burn, now, burn.roles);
  if ('refused' in acceptance) return acceptance;
  const clause = acceptance.done;
  if (burn.issuer !== undefined && !takesFrom(coalition, clause, partnerId, burn.issuer)) {
    return refused('CLAUSE_NOT_GRANTED', `Points of ${coalition.partnerById(burn.issuer).code} are not redeemed here.`, {
      field: ['currency'],
    });
  }
  if (member.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
  if (clause.minPoints !== undefined && points < clause.minPoints) {
    return refused('BELOW_MINIMUM', `At least ${clause.minPoints} points are redeemed at once.`, {
      field: ['points'],
      details: { minimum: Number(clause.minPoints) },
    });
  }
  if (clause.perMemberDayPoints === undefined) return acceptance;
  const { timeZone } = coalition.program;
  const nos = clause.currencies.flatMap((code) => coalition.currencyOf(code)?.no ?? []);
  const since = startOfDay(dayOf(now, timeZone), timeZone);
  const [used = 0n] = await redeemedSince(tx, [{ memberId: member.id, partnerId, currencyNos: nos, since, now }]);
  const left = leftToday(clause, used);
  if (left === undefined || points <= left) return acceptance;
  return refused('REDEMPTION_LIMIT', `A member redeems at most ${clause.perMemberDayPoints} points a day here; ${left} are left today.`, {
    field: ['points'],
    details: { limit: Number(clause.perMemberDayPoints), remaining: Number(left) },
  });
}

function takesFrom(coalition: Coalition, clause: ClauseOf<'acceptance'>, partnerId: string, issuer: string): boolean {
  return isAccepted(clause, { code: coalition.partnerById(issuer).code, isAcceptor: issuer === partnerId });
}

interface WantedLots {
  readonly partnerId: string;
  readonly currency: PointCurrency;
  readonly clause: ClauseOf<'acceptance'>;
  readonly wallet: Wallet;
  readonly points: bigint;
}

/** The lots from which points are burned, the earliest to expire first, with the prices of now. */
export async function allocateBurn(tx: Tx, { coalition, now }: Now, wanted: WantedLots): Promise<Outcome<RedemptionAllocation[]>> {
  const { partnerId, currency, clause, wallet, points } = wanted;
  const lots = (await readSpendableLots(tx, [wallet.accountId], now)).filter(({ issuer }) =>
    takesFrom(coalition, clause, partnerId, issuer),
  );
  const taken = takeFromLots(lots, points);
  if (taken === undefined) {
    const available = lots.reduce((sum, lot) => sum + lot.available, 0n);
    return refused('INSUFFICIENT_POINTS', `${available} points can be redeemed here, fewer than ${points}.`, {
      field: ['points'],
      details: { available: Number(available), required: Number(points) },
    });
  }
  return checkWorth(
    taken.map(({ lot, points: part }) => ({
      lotId: lot.id,
      issuer: lot.issuer,
      points: part,
      expiresAt: lot.expiresAt,
      ...pricesOf(coalition, currency, clause, lot, now),
    })),
  );
}
