import { microsOfMinor } from '../../kernel/money.ts';
import { jointMoney, operatorMoney, partnerMoney, rounding, spread } from '../../ledger/account.ts';
import type { Entry } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Movement } from '../lines/cycle-facts.ts';
import { type CycleLine, netOf, OPERATOR, POOL } from '../lines/cycle-line.ts';
import { isJoint } from '../lines/movement-kinds.rules.ts';

/** What accounts have already when a cycle is closed: adjustments were posted when they were made, what was carried never left. */
const POSTED_BEFORE: ReadonlySet<string> = new Set(['ADJUSTMENT', 'CARRIED_FORWARD']);

/**
 * What closing a cycle moves, so that accounts say what the rounded lines say: partners and the operator get the difference to what was posted
 * exactly, spreads and promotions are emptied, pools stay as they are, and by how much their lines are rounded is kept apart
 * (domain 3.2, rule 5). Sums to zero, as lines and postings do.
 */
export function clearedEntries(lines: readonly CycleLine[], movements: readonly Movement[], coalition: Coalition): Entry[] {
  const { settlementCurrency } = coalition.program;
  const drawn = lines.filter(({ type }) => !POSTED_BEFORE.has(type));
  const said = (party: string) => microsOfMinor(netOf(drawn, party), settlementCurrency);
  const money = movements.filter(({ unit }) => unit === 0);
  const sumOf = (some: readonly Movement[]) => some.reduce((sum, { amount }) => sum + amount, 0n);
  const emptied = money.flatMap((movement): Entry[] => {
    const { kind, owner, topic, amount } = movement;
    if (owner === null || topic === null) return [];
    if (isJoint(movement)) return [{ account: jointMoney(owner, topic), available: -amount }];
    return kind === 'SPREAD' ? [{ account: spread(topic, owner), available: -amount }] : [];
  });
  const parties = coalition.partners.map(({ id, code }): Entry => {
    const posted = sumOf(money.filter(({ kind, owner }) => kind === 'PARTNER' && owner === id));
    return { account: partnerMoney(id), available: said(code) - posted };
  });
  const operator = said(OPERATOR) - sumOf(money.filter(({ kind }) => kind === 'OPERATOR'));
  // All money together is zero, so pools have what the others lack.
  const pools = -sumOf(money);
  return [...parties, ...emptied, { account: operatorMoney, available: operator }, { account: rounding, available: said(POOL) - pools }];
}
