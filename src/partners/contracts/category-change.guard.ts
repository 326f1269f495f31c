import { done, type Outcome } from '../../kernel/refusal.ts';
import type { Moment } from '../change-coalition.ts';
import type { Partner } from '../partner.ts';
import { refuseTakenCategory } from './category.guard.ts';
import { isOver } from './clauses-in-force.rules.ts';
import { burnsUntil } from './timeline.rules.ts';

/** A partner that has agreed terms moves into no category that is taken, as it would not have got them in it. */
export function refuseMoveIntoTakenCategory(
  { coalition, now }: Pick<Moment, 'coalition' | 'now'>,
  partner: Partner,
  category: string,
): Outcome<unknown> {
  const contract = coalition.contractOf(partner.id);
  if (contract === undefined || isOver(contract, now)) return done(undefined);
  for (const version of contract.versions) {
    const { operatorSignedAt, effectiveFrom } = version;
    const from = effectiveFrom > now ? effectiveFrom : now;
    const end = burnsUntil(contract, version);
    if (operatorSignedAt === undefined || (end !== undefined && end <= from)) continue;
    const moved = { coalition, partner: { ...partner, category }, contract, version: { ...version, effectiveFrom: from }, now };
    const allowed = refuseTakenCategory(moved);
    if ('refused' in allowed) return { refused: { ...allowed.refused, field: ['category'] } };
  }
  return done(undefined);
}
