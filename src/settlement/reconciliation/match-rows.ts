import type { Tx } from '../../platform/database.ts';
import { dropOtherDays, type OurScope } from './our-rows.queries.ts';
import type { Tolerances } from './reconciliation.ts';
import { groupUp, keepMissing, markDuplicates, pairByMember, pairNearest, pairUp } from './rules.queries.ts';

const KEY = ['kind', 'key'] as const;

/**
 * Claims rows of both sides for each other, the strongest rule first. Every rule is one statement over what the rules before it have left,
 * and ranks equals in a fixed order, so the order of the file does not matter.
 */
export async function matchRows(tx: Tx, scope: OurScope, { points, days }: Tolerances): Promise<void> {
  const { runId } = scope;
  const isNear = `abs(o.day - t.day) <= ${days}`;
  const isClose = `abs(o.amount - t.amount) <= ${points}`;
  await pairUp(tx, runId, { by: [...KEY, 'amount', 'day'], rule: 'KEY_AND_AMOUNT', result: "'MATCHED'" });
  if (days > 0) await pairNearest(tx, runId, { by: [...KEY, 'amount'], where: isNear, rule: 'KEY_AND_AMOUNT' });
  if (points > 0n) await pairNearest(tx, runId, { by: KEY, where: `${isClose} and ${isNear}`, rule: 'KEY_WITH_TOLERANCE' });
  await groupUp(tx, runId, { by: KEY, days, rule: 'KEY_GROUP' });
  await pairUp(tx, runId, { by: [...KEY, 'amount'], rule: 'KEY', result: "'DATE_DIFF'" });
  await pairUp(tx, runId, { by: KEY, rule: 'KEY', result: `case when ${isClose} then 'DATE_DIFF' else 'AMOUNT_DIFF' end` });
  await markDuplicates(tx, runId);
  await dropOtherDays(tx, scope);
  await pairByMember(tx, runId, days);
  await groupUp(tx, runId, { by: ['kind', 'member_id', 'day'], days, rule: 'MEMBER_DAY_GROUP' });
  await keepMissing(tx, runId);
}
