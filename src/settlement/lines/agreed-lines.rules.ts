import { microsOfMinor, microsPerMinor } from '../../kernel/money.ts';
import { BPS, divideHalfAwayFromZero } from '../../kernel/ratio.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type CostMeasures, costShares } from '../../partners/contracts/clauses/cost-allocation/cost-allocation.rules.ts';
import { platformFeeMinor } from '../../partners/contracts/clauses/fees/fees.rules.ts';
import { revenueShares, type ShareBase, shareMinor } from '../../partners/contracts/clauses/revenue-share/revenue-share.rules.ts';
import type { Partner } from '../../partners/partner.ts';
import { clausesOfCycle, clausesSaid, type Standing } from './cycle-clauses.rules.ts';
import type { CycleFacts } from './cycle-facts.ts';
import { type CycleLine, type LineType, OPERATOR, type Party, type Share } from './cycle-line.ts';
import { divide, makeLine, negated } from './make-line.rules.ts';
import { counted, divided, type ShareGiven, sharedOut } from './workings.rules.ts';

const shareOf = (minor: bigint, currency: string): Share => ({ micros: microsOfMinor(minor, currency), minor });

/** REVENUE_SHARE: what a partner gives others of its sales, or of the value or price of points; rounded once for each payer and payee. */
export function revenueLines(facts: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const running = new Set(clausesOfCycle(coalition, 'revenueShare', facts.startsAt, now).map(({ clause }) => clause));
  const owed = new Map<string, Map<Party, ShareGiven[]>>();
  for (const { partner, clause } of clausesSaid(coalition, 'revenueShare', now)) {
    const terms = running.has(clause) ? clause : { ...clause, floor: undefined };
    const bases = basesOf(facts, coalition, { partner, clause });
    const byPayee = owed.get(partner.code) ?? new Map<Party, ShareGiven[]>();
    const exactShares = revenueShares(terms, bases, settlementCurrency, OPERATOR);
    for (const payee of exactShares.keys()) byPayee.set(payee, [...(byPayee.get(payee) ?? []), givenBy(terms, bases, exactShares, payee)]);
    owed.set(partner.code, byPayee);
  }
  return [...owed].flatMap(([payer, byPayee]) =>
    [...byPayee].map(([payee, shares]) => {
      const exact = shares.reduce((sum, one) => sum + one.exact, 0n);
      const description = `Revenue share of ${payer} to ${payee}`;
      const share = { micros: divideHalfAwayFromZero(exact, BPS), minor: shareMinor(exact, settlementCurrency) };
      return makeLine(
        { type: 'REVENUE_SHARE', key: `${payer} ${payee}`, description, workings: sharedOut(shares) },
        new Map([
          [payer, negated(share)],
          [payee, share],
        ]),
      );
    }),
  );
}

/** How the share of one payee came about. Where a cap or floor binds, it depends on what the others would have had. */
function givenBy(
  { basis, bps, cap, floor }: Standing<'revenueShare'>['clause'],
  bases: readonly ShareBase[],
  exactShares: ReadonlyMap<string, bigint>,
  payee: string,
): ShareGiven {
  const wanted = new Map<string, bigint>();
  for (const base of bases) wanted.set(base.payee, (wanted.get(base.payee) ?? 0n) + base.micros);
  const micros = wanted.get(payee) ?? 0n;
  const isBound = [...exactShares].some(([name, exact]) => exact !== (wanted.get(name) ?? 0n) * BigInt(bps));
  const total = [...exactShares.values()].reduce((sum, exact) => sum + exact, 0n);
  const weights = [...wanted].flatMap(([name, base]) => (base * BigInt(bps) > 0n ? [{ name, weight: base * BigInt(bps) }] : []));
  const limit = [cap, floor].find((one) => one !== undefined && one.minor === total / BPS / microsPerMinor(one.currency));
  const bound = isBound && limit !== undefined ? { minor: limit.minor, weights } : undefined;
  return { basis, bps, micros, exact: exactShares.get(payee) ?? 0n, ...(bound && { bound }) };
}

/** What a clause gives shares of, by who receives them: in micros. What would be paid to the payer itself is not owed. */
function basesOf(facts: CycleFacts, coalition: Coalition, { partner, clause }: Standing<'revenueShare'>): ShareBase[] {
  const bases = amountsOf(facts, coalition, partner, clause).map(({ receiver, micros }) => ({
    payee: clause.payee === 'OPERATOR' || receiver === null ? OPERATOR : coalition.partnerById(receiver).code,
    micros,
  }));
  return bases.filter(({ payee }) => payee !== partner.code);
}

function amountsOf(
  { sales, memberValues, issuerValues }: CycleFacts,
  { program }: Coalition,
  { id }: Partner,
  { basis, payee }: Standing<'revenueShare'>['clause'],
): { receiver: string | null; micros: bigint }[] {
  if (basis === 'GROSS_SALE' || basis === 'NET_SALE') {
    // A sale has no points, so nobody issued them.
    if (payee === 'ISSUER') return [];
    return sales
      .filter(({ partnerId }) => partnerId === id)
      .map(({ homePartnerId, grossMinor, netMinor }) => ({
        receiver: homePartnerId,
        micros: microsOfMinor(basis === 'NET_SALE' ? netMinor : grossMinor, program.settlementCurrency),
      }));
  }
  if (payee === 'ISSUER') {
    const values = basis === 'POINTS_VALUE' ? issuerValues.filter(({ partnerId }) => partnerId === id) : [];
    return values.map(({ issuerId, micros }) => ({ receiver: issuerId, micros }));
  }
  return memberValues
    .filter(({ partnerId, reimbursed }) => partnerId === id && reimbursed === (basis === 'POINTS_VALUE'))
    .map(({ homePartnerId, reimbursed, micros }) => ({ receiver: homePartnerId, micros: reimbursed ? micros : -micros }));
}

/**
 * COST_ALLOCATION: a budget divided among the partners whose contracts have it. Where they say different things, the contract of the
 * lowest partner code speaks. Other lines are what some measures are taken from.
 */
export function costLines(facts: CycleFacts, coalition: Coalition, now: Date, drafted: readonly CycleLine[]): CycleLine[] {
  const budgets = Map.groupBy(clausesOfCycle(coalition, 'costAllocation', facts.startsAt, now), ({ clause }) => clause.code);
  return [...budgets].flatMap(([code, sharers]) => {
    const terms = sharers[0]?.clause;
    if (terms === undefined) return [];
    const measures = sharers.map(({ partner }) => measuresOf(facts, partner, drafted));
    const whole = negated(shareOf(terms.budget.minor, coalition.program.settlementCurrency));
    const description = `Budget ${code}, by ${terms.basis}`;
    const weights = costShares(terms, measures);
    const workings = divided(whole, 'AGREED', [{ share: whole, weights }]);
    return [makeLine({ type: 'COST_ALLOCATION', key: code, description, workings }, divide(whole, weights))];
  });
}

const COUNTED: ReadonlySet<string> = new Set([
  'accrual.confirmed',
  'accrual.pending_confirmed',
  'redemption.captured',
  'exchange.redeemed',
]);

function measuresOf({ movements, sales, activeMembers }: CycleFacts, { id, code }: Partner, drafted: readonly CycleLine[]): CostMeasures {
  const sumOf = (type: LineType) =>
    drafted.reduce((sum, line) => (line.type === type ? sum + (line.shares.get(code)?.minor ?? 0n) : sum), 0n);
  const posted = movements
    .filter((m) => m.unit !== 0 && COUNTED.has(m.code) && (m.kind === 'JOINT' ? m.partnerId : m.owner) === id)
    .reduce((sum, { postings }) => sum + postings, 0n);
  const reported = sales.filter(({ partnerId }) => partnerId === id).reduce((sum, one) => sum + one.sales, 0n);
  return {
    partner: code,
    fundingMinor: -sumOf('FUNDING'),
    burnMinor: sumOf('REIMBURSEMENT'),
    transactions: posted + reported,
    activeMembers: activeMembers.find(({ partnerId }) => partnerId === id)?.count ?? 0n,
  };
}

/** FEE: what contracts charge for late reports and for the platform. */
export function feeLines(facts: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  return clausesOfCycle(coalition, 'fees', facts.startsAt, now).flatMap(({ partner, clause }) => {
    const late = facts.lateReports.find(({ partnerId }) => partnerId === partner.id)?.count ?? 0n;
    const fees = [
      { key: `PLATFORM ${partner.code}`, description: `Platform fee of ${partner.code}`, count: 1n, each: platformFeeMinor(clause) },
      {
        key: `LATE_SUBMISSION ${partner.code}`,
        description: `${late} purchases that ${partner.code} reported late`,
        count: late,
        each: clause.lateSubmissionFee?.minor ?? 0n,
      },
    ];
    return fees.map(({ key, description, count, each }) => {
      const fee = negated(shareOf(count * each, settlementCurrency));
      return makeLine({ type: 'FEE', key, description, workings: counted(count, each) }, new Map([[partner.code, fee]]));
    });
  });
}
