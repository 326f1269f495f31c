import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Coalition } from '../coalition.ts';
import type { Contract } from './contract.rules.ts';

/** One contract at a time: a version begins when those that the partner had before its contract, or before a new one, are over. */
export function refuseBeforePredecessor(
  { contracts }: Coalition,
  partnerId: string,
  contract: Contract | undefined,
  effectiveFrom: Date,
): Outcome<unknown> {
  const overlapping = contracts.findLast(
    (one) => one.partnerId === partnerId && (contract === undefined || one.no < contract.no) && one.tailEnd && one.tailEnd > effectiveFrom,
  );
  if (overlapping === undefined) return done(undefined);
  return invalid(
    'effectiveFrom',
    `The partner's contract before ends at ${overlapping.tailEnd?.toISOString()}: a version begins no earlier.`,
  );
}
