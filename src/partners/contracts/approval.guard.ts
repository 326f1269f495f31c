import { done, refused } from '../../kernel/refusal.ts';
import type { Guard } from './candidate.rules.ts';
import { statusAt } from './contract.rules.ts';

/** Of 20. */
const LEAST_SCORE = 12;

/** A brand that was judged and found too weak is not taken in, nor taken back when it has left; one that takes part goes on. */
export const refuseLowScore: Guard = ({ coalition, partner, now }) => {
  const { score } = partner;
  if (score === undefined || score.total >= LEAST_SCORE) return done(undefined);
  const takesPart = coalition.contracts.some(
    (contract) =>
      contract.partnerId === partner.id &&
      contract.versions.some(({ operatorSignedAt }) => operatorSignedAt !== undefined) &&
      statusAt(contract, now) !== 'TERMINATED',
  );
  if (takesPart) return done(undefined);
  return refused('APPROVAL_REQUIRED', `${partner.code} was scored ${score.total} of 20; ${LEAST_SCORE} are needed.`, {
    details: { partner: partner.code, score: score.total, needed: LEAST_SCORE },
  });
};
