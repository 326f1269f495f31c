import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { TransferPolicy } from '../../partners/program/transfer-policy.ts';

/** Whether the policy lets a member give so many points, after what it gave of this currency today and this year. */
export function checkPolicy(
  policy: TransferPolicy,
  points: bigint,
  given: { readonly day: bigint; readonly year: bigint },
): Outcome<TransferPolicy> {
  if (policy.minPoints !== undefined && points < policy.minPoints) {
    return refused('BELOW_MINIMUM', `At least ${policy.minPoints} points are given at once.`, {
      field: ['points'],
      details: { minimum: Number(policy.minPoints) },
    });
  }
  const caps = [
    { cap: policy.perMemberDayPoints, used: given.day, span: 'a day' },
    { cap: policy.perMemberYearPoints, used: given.year, span: 'a calendar year' },
  ];
  for (const { cap, used, span } of caps) {
    if (cap === undefined || used + points <= cap) continue;
    const remaining = used > cap ? 0n : cap - used;
    return refused('CAP_EXCEEDED', `A member gives at most ${cap} points of a currency in ${span}; ${remaining} are left.`, {
      field: ['points'],
      details: { limit: Number(cap), remaining: Number(remaining) },
    });
  }
  return done(policy);
}
