import { done, type Outcome } from '../../kernel/refusal.ts';
import { refuseArbitrage } from '../rates/arbitrage.guard.ts';
import { refuseLowScore } from './approval.guard.ts';
import type { Candidate, Guard } from './candidate.rules.ts';
import { refuseTakenCategory } from './category.guard.ts';
import { refuseShortNotice } from './notice.guard.ts';

/** What the coalition may have against a version, in the order in which it is said. */
const GUARDS: readonly Guard[] = [refuseArbitrage, refuseShortNotice, refuseTakenCategory, refuseLowScore];

/** The first refusal of a version that is proposed, or about to come into force. */
export function refuseCandidate(candidate: Candidate): Outcome<unknown> {
  for (const guard of GUARDS) {
    const outcome = guard(candidate);
    if ('refused' in outcome) return outcome;
  }
  return done(undefined);
}
