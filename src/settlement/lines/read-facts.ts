import type { Coalition } from '../../partners/coalition.ts';
import { clausesOf } from '../../partners/contracts/clause.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { readAdjustments, readCarried } from './brought-in.queries.ts';
import { changedTerms } from './changed-terms.rules.ts';
import { clausesOfCycle, clausesSaid } from './cycle-clauses.rules.ts';
import type { CycleFacts } from './cycle-facts.ts';
import {
  readActiveMembers,
  readIssuerValues,
  readLateReports,
  readMemberValues,
  readPrepaidPoints,
  readSaleSums,
} from './cycle-sums.queries.ts';
import { type MovementKind, readMovements } from './movements.queries.ts';
import { readSpellSums } from './spell-sums.queries.ts';

/** What the lines of a cycle are made of: always what was posted, and whatever else the clauses of contracts ask for. */
export async function readCycleFacts(db: Db, coalition: Coalition, cycle: Cycle, now: Date): Promise<CycleFacts> {
  const { startsAt } = cycle;
  const shares = clausesSaid(coalition, 'revenueShare', now);
  const budgets = clausesOfCycle(coalition, 'costAllocation', startsAt, now);
  const sharersBy = (basis: string) => unique(budgets.filter(({ clause }) => clause.basis === basis).map(({ partner }) => partner.id));
  const payersOf = (isAsked: (share: (typeof shares)[number]['clause']) => boolean) =>
    unique(shares.filter(({ clause }) => isAsked(clause)).map(({ partner }) => partner.id));
  const countsTransactions = sharersBy('TRANSACTION_COUNT').length > 0;
  const committed = clausesOfCycle(coalition, 'issuance', startsAt, now).filter(({ clause }) => clause.minCommitmentPoints !== undefined);
  const kinds: MovementKind[] = [
    ...(['PARTNER', 'OPERATOR', 'JOINT', 'SPREAD'] as const),
    ...(committed.length > 0 || countsTransactions ? (['ISSUANCE'] as const) : []),
    ...(countsTransactions ? (['REDEEMED'] as const) : []),
  ];
  const sellsBy = (basis: string) => basis === 'GROSS_SALE' || basis === 'NET_SALE';
  const needsSales = countsTransactions || shares.some(({ clause }) => sellsBy(clause.basis));
  const [movements, sales, memberValues, issuerValues, activeMembers, lateReports, prepaidPoints, adjustments, carried] = await Promise.all(
    [
      readMovements(db, cycle, kinds),
      needsSales ? readSaleSums(db, cycle) : [],
      unlessEmpty(
        payersOf(({ basis, payee }) => !sellsBy(basis) && payee !== 'ISSUER'),
        (ids) => readMemberValues(db, cycle, ids),
      ),
      unlessEmpty(
        payersOf(({ basis, payee }) => basis === 'POINTS_VALUE' && payee === 'ISSUER'),
        (ids) => readIssuerValues(db, cycle, ids),
      ),
      unlessEmpty(sharersBy('ACTIVE_MEMBERS'), (ids) => readActiveMembers(db, cycle, ids)),
      unlessEmpty(
        clausesOfCycle(coalition, 'fees', startsAt, now).flatMap(({ partner, clause: { lateSubmissionHours: hours } }) =>
          hours === undefined ? [] : [{ partnerId: partner.id, hours }],
        ),
        (times) => readLateReports(db, cycle, times),
      ),
      unlessEmpty(unique(committed.flatMap(({ partner: { id } }) => (everPrepaid(coalition, id) ? [id] : []))), (ids) =>
        readPrepaidPoints(db, cycle, ids),
      ),
      readAdjustments(db, cycle),
      readCarried(db, cycle),
    ],
  );
  const spellSums = await readSpellSums(db, cycle, changedTerms(movements, coalition, now));
  return {
    ...{ startsAt, movements, spellSums, sales, memberValues, issuerValues, activeMembers, lateReports, prepaidPoints },
    ...{ adjustments, carried },
  };
}

/** Whether a contract of the partner ever let it pay for points in blocks. */
function everPrepaid({ contracts }: Coalition, partnerId: string): boolean {
  const versions = contracts.filter((contract) => contract.partnerId === partnerId).flatMap((contract) => contract.versions);
  return versions.some(({ clauses }) => clausesOf(clauses, 'issuance').some(({ billing }) => billing === 'PREPAID'));
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

async function unlessEmpty<Item, Row>(items: readonly Item[], read: (items: readonly Item[]) => Promise<Row[]>): Promise<Row[]> {
  return items.length === 0 ? [] : read(items);
}
