import { done, refused } from '../../kernel/refusal.ts';
import { type Candidate, contractsWith, type Guard } from '../contracts/candidate.rules.ts';
import type { Contract } from '../contracts/contract.rules.ts';
import { findLoop, type RateLoop } from './arbitrage.rules.ts';
import { betterEdges, rateGraph } from './rate-graph.rules.ts';

/**
 * No version may open a loop of exchanges in which a member gains: at its own start, or at a later one that is signed already. Only what
 * gets better can open one, and between starts nothing does: versions that end take exchanges away and leave prices as they are. A version
 * that makes nothing better passes whatever stands already, so that a loop can always be closed.
 */
export const refuseArbitrage: Guard = (candidate) => {
  const { coalition, version } = candidate;
  const contracts = contractsWith(candidate);
  const isEvenAllowed = coalition.program.allowLossFreeLoops;
  for (const at of startsFrom(version.effectiveFrom, contracts)) {
    const graph = rateGraph(coalition, contracts, at);
    if (betterEdges(graph, rateGraph(coalition, coalition.contracts, at)).length === 0) continue;
    const loop = findLoop(graph, { isEvenAllowed });
    if (loop !== undefined) return refusalOf(loop, at, candidate);
  }
  return done(undefined);
};

function startsFrom(first: Date, contracts: readonly Contract[]): Date[] {
  const later = contracts
    .flatMap(({ versions }) => versions)
    .filter(({ operatorSignedAt, effectiveFrom }) => operatorSignedAt !== undefined && effectiveFrom > first)
    .map(({ effectiveFrom }) => effectiveFrom.getTime());
  return [first.getTime(), ...new Set(later)].sort((a, b) => a - b).map((time) => new Date(time));
}

function refusalOf({ currencies, product }: RateLoop, at: Date, { version }: Candidate): ReturnType<typeof refused> {
  const isInLoop = (from: string, to: string) => currencies.some((code, place) => code === from && currencies[place + 1] === to);
  const place = version.clauses.findIndex((clause) => clause.kind === 'exchange' && isInLoop(clause.from, clause.to));
  const { numerator, denominator } = product;
  return refused(
    'RATE_ARBITRAGE',
    `One point exchanged along ${currencies.join(' to ')} would become ${numerator}/${denominator} from ${at.toISOString()} on.`,
    {
      field: place < 0 ? ['clauses'] : ['clauses', String(place), 'exchange'],
      details: { loop: currencies, product: { numerator: String(numerator), denominator: String(denominator) }, at: at.toISOString() },
    },
  );
}
