import { minorOfMicros } from '../../kernel/money.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type Ending, outstandingOf } from './ending.rules.ts';
import type { ContractMilestoneType, Milestone } from './milestone.types.ts';
import type { StepTaken } from './termination.queries.ts';

/** The milestones of a contract's end in the order in which they are due, with what they have brought about so far. */
export function milestonesOf(coalition: Coalition, ending: Ending, taken: readonly StepTaken[], now: Date): ContractMilestoneType[] {
  const { settlementCurrency: currency } = coalition.program;
  const reached = (step: Milestone, dueAt: Date): ContractMilestoneType => ({ step, dueAt, doneAt: dueAt <= now ? dueAt : undefined });
  const done = (step: Milestone, name: StepTaken['step'], dueAt: Date, ofPoints: boolean): ContractMilestoneType => {
    const found = taken.find((one) => one.step === name);
    const points = ofPoints ? (found?.points ?? 0n) : undefined;
    return {
      step,
      dueAt,
      doneAt: found?.doneAt ?? undefined,
      points,
      amount: { minor: minorOfMicros(found?.micros ?? 0n, currency), currency },
    };
  };
  const { policy, dueAt } = outstandingOf(coalition, ending);
  const secured = ending.terms.depositBps > 0;
  const outstanding = policy === 'HONOUR' ? reached(policy, dueAt) : done(policy, 'OUTSTANDING', dueAt, true);
  return [
    reached('EARN_END', ending.earnEnd),
    ...(secured ? [done('DEPOSIT', 'DEPOSIT', ending.earnEnd, true)] : []),
    reached('BURN_END', ending.burnEnd),
    ...(policy === 'CONVERT' ? [] : [outstanding]),
    reached('TAIL_END', ending.tailEnd),
    ...(policy === 'CONVERT' ? [outstanding] : []),
    ...(secured ? [done('DEPOSIT_RETURN', 'DEPOSIT_RETURN', ending.tailEnd, false)] : []),
  ];
}
